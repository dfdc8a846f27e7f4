import {
  controllerOf,
  controllerReferenceTo,
  isAlreadyExists,
  isNotFound,
  labelSelectorOf,
  podTemplateHash,
  type KubeObject,
  type LabelSelector,
  type Resource,
} from '../../../src/apimachinery/index.ts';
import {
  controllerRevisions as revisionResource,
  type ControllerRevision,
  type PodTemplateSpec,
} from '../../../src/apis/index.ts';
import type { Client, NewObject } from '../../../src/client/index.ts';
import type { Lister } from '../../../src/controller/index.ts';
import { ownOrOrphaned } from '../../pods/index.ts';
import { adopt, objectKey, release } from '../adoption.ts';
import { claim, nameOf, uidOf } from '../ownership.ts';
import { hasTemplate, revisionData } from './revision-data.ts';

/** The label of pods that says of which revision they are. */
export const POD_REVISION = 'controller-revision-hash';

/** What has a history of templates. */
export interface Revised extends KubeObject {
  readonly spec?: {
    readonly selector?: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly revisionHistoryLimit?: number;
  };
  readonly status?: { readonly collisionCount?: number };
}

export interface RevisionKind<T extends Revised> {
  readonly resource: Resource<T>;
  /** The label of its revisions that has their hash. */
  readonly hashLabel: string;
}

export interface RevisionDeps<T extends Revised> {
  readonly client: Client;
  /** With `ownerIndexes`. */
  readonly revisions: Lister<ControllerRevision>;
  readonly revisionKind: RevisionKind<T>;
}

export interface History {
  /** That of the present template, the newest. */
  readonly present: ControllerRevision;
  /** The others, oldest first. */
  readonly old: readonly ControllerRevision[];
  /** Names that turned out to be those of other templates, when there are more than the owner's status says. */
  readonly collisionCount: number | undefined;
}

/** Names that are tried for a template in one go. */
const MOST_COLLISIONS = 20;
/** Of names of owners, so that a hash fits behind. */
const LONGEST_PREFIX = 223;

/** The owner's revisions. That of its present template is made, or made the newest again when an old template came back. */
export async function revisionHistory<T extends Revised>(
  deps: RevisionDeps<T>,
  owner: T,
  signal: AbortSignal,
): Promise<History> {
  const { client } = deps;
  const template = templateIn(owner);
  const revisions = (await claimRevisions(deps, owner, signal)).toSorted(byRevision);
  const newest = revisions.at(-1);
  const next = (newest?.revision ?? 0) + 1;
  const equal = revisions.findLast((revision) => hasTemplate(revision, template));
  if (equal === undefined) {
    const { revision, collisionCount } = await createRevision(deps, owner, next, signal);
    return { present: revision, old: revisions.filter(differsFrom(revision)), collisionCount };
  }
  const present =
    equal === newest ? equal : await client.update(revisionResource, { ...equal, revision: next }, { signal });
  return { present, old: revisions.filter(differsFrom(present)), collisionCount: owner.status?.collisionCount };
}

/** Deletes the oldest of the revisions that nobody needs, beyond those that the owner keeps. */
export async function truncateHistory<T extends Revised>(
  { client }: Pick<RevisionDeps<T>, 'client'>,
  owner: T,
  { old }: History,
  isLive: (revision: ControllerRevision) => boolean,
): Promise<void> {
  const idle = old.filter((revision) => !isLive(revision));
  const surplus = idle.slice(0, Math.max(0, idle.length - (owner.spec?.revisionHistoryLimit ?? 10)));
  for (const revision of surplus) {
    try {
      await client.delete(revisionResource, objectKey(revision), { preconditions: { uid: uidOf(revision) } });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }
}

async function claimRevisions<T extends Revised>(
  { client, revisions, revisionKind }: RevisionDeps<T>,
  object: T,
  signal: AbortSignal,
): Promise<readonly ControllerRevision[]> {
  const candidates = ownOrOrphaned(revisions, uidOf(object), object.metadata.namespace);
  const { owned, orphans, strays } = claim(object, candidates, labelSelectorOf(object.spec?.selector));
  const owner = { resource: revisionKind.resource, object };
  const adopted = await adopt(client, owner, { resource: revisionResource, objects: orphans }, signal);
  await release(client, owner, { resource: revisionResource, objects: strays }, signal);
  return [...owned, ...adopted];
}

interface Created {
  readonly revision: ControllerRevision;
  readonly collisionCount: number | undefined;
}

async function createRevision<T extends Revised>(
  { client, revisionKind }: RevisionDeps<T>,
  owner: T,
  number: number,
  signal: AbortSignal,
): Promise<Created> {
  const before = owner.status?.collisionCount;
  for (let tried = 0; tried < MOST_COLLISIONS; tried++) {
    const collisionCount = tried === 0 ? before : (before ?? 0) + tried;
    const wanted = newRevision(owner, revisionKind.hashLabel, { number, collisionCount });
    try {
      return { revision: await client.create(revisionResource, wanted, { signal }), collisionCount };
    } catch (err) {
      if (!isAlreadyExists(err)) throw err;
    }
    const standing = await client.get(revisionResource, keyOfNew(wanted), { signal });
    if (isOurs(standing, owner) && hasTemplate(standing, templateIn(owner))) {
      return { revision: standing, collisionCount };
    }
  }
  throw new Error(`every name that was tried for a revision of ${owner.kind} ${nameOf(owner)} is taken`);
}

function newRevision(
  owner: Revised,
  hashLabel: string,
  { number, collisionCount }: { readonly number: number; readonly collisionCount: number | undefined },
): NewObject<ControllerRevision> {
  const { namespace, annotations } = owner.metadata;
  const template = templateIn(owner);
  const hash = podTemplateHash(template, collisionCount);
  return {
    metadata: {
      name: `${nameOf(owner).slice(0, LONGEST_PREFIX)}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReferenceTo(owner)],
    },
    data: revisionData(template),
    revision: number,
  };
}

const templateIn = ({ spec }: Revised): PodTemplateSpec => spec?.template ?? {};

const keyOfNew = ({ metadata: { name = '', namespace = '' } }: NewObject<ControllerRevision>) => ({ name, namespace });

function isOurs(revision: ControllerRevision, owner: Revised): boolean {
  const controller = controllerOf(revision);
  return controller === undefined || controller.uid === owner.metadata.uid;
}

const differsFrom = (one: ControllerRevision) => (other: ControllerRevision) => nameOf(other) !== nameOf(one);

function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  if (a.revision !== b.revision) return a.revision - b.revision;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
