import { controllerOf, isAlreadyExists, isNotFound, keyOf } from '../../../src/apimachinery/index.ts';
import {
  persistentVolumeClaims as claimResource,
  pods as podResource,
  type PersistentVolumeClaim,
  type Pod,
  type PodTemplateSpec,
  type StatefulSet,
} from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { EventRecorder, Lister } from '../../../src/controller/index.ts';
import { objectKey } from '../adoption.ts';
import { nameOf, uidOf } from '../ownership.ts';
import { slowStart } from '../slow-start.ts';
import { claimsOf, wantedOwners } from './claims.ts';
import { statefulPod, withIdentity } from './identity.ts';
import { podName } from './ordinals.ts';
import { isOrdered, type Action, type Member } from './view.ts';

/** At most so much is done in one go. */
const BURST = 500;

export interface ExecutorDeps {
  readonly client: Client;
  readonly events: EventRecorder;
  readonly claims: Lister<PersistentVolumeClaim>;
}

export interface Revised {
  readonly template: PodTemplateSpec;
  /** Its name. */
  readonly revision: string;
}

export interface Work {
  readonly set: StatefulSet;
  /** Of which revision a new pod of a place is. */
  readonly revisionAt: (ordinal: number) => Revised;
}

/** Carries out the actions, in order where the set has one. Answers with the first failure; what comes after it is left. */
export async function execute(
  deps: ExecutorDeps,
  work: Work,
  actions: readonly Action[],
  signal: AbortSignal,
): Promise<Error | undefined> {
  const now = actions.slice(0, BURST);
  try {
    if (isOrdered(work.set)) {
      for (const action of now) await carryOut(deps, work, action, signal);
      return undefined;
    }
    const { error } = await slowStart(now.length, async (index) => {
      const action = now[index];
      if (action !== undefined) await carryOut(deps, work, action, signal);
    });
    return error === undefined ? undefined : asError(error);
  } catch (err) {
    return asError(err);
  }
}

const asError = (err: unknown) => (err instanceof Error ? err : new Error(String(err)));

async function carryOut(deps: ExecutorDeps, work: Work, action: Action, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  switch (action.type) {
    case 'create':
      return createPod(deps, work, action.ordinal);
    case 'delete':
      return deletePod(deps, work.set, action.pod);
    case 'claim':
      return ensureClaims(deps, work.set, action.ordinal);
    case 'repair':
      return repair(deps, work.set, action);
  }
}

async function createPod(deps: ExecutorDeps, { set, revisionAt }: Work, ordinal: number): Promise<void> {
  const pod = statefulPod(set, ordinal, revisionAt(ordinal));
  const name = podName(set, ordinal);
  try {
    await ensureClaims(deps, set, ordinal);
    await deps.client.create(podResource, pod);
  } catch (err) {
    if (isAlreadyExists(err) && (await isOurs(deps, set, name))) return;
    if (!isAlreadyExists(err)) tellOfPod(deps, set, { verb: 'create', name, error: err });
    throw err;
  }
  tellOfPod(deps, set, { verb: 'create', name });
}

/** The cache has not heard of it yet. */
async function isOurs({ client }: ExecutorDeps, set: StatefulSet, name: string): Promise<boolean> {
  const { namespace = '' } = set.metadata;
  const pod = await client.get(podResource, { namespace, name });
  return controllerOf(pod)?.uid === set.metadata.uid;
}

async function deletePod(deps: ExecutorDeps, set: StatefulSet, pod: Pod): Promise<void> {
  const name = nameOf(pod);
  try {
    await deps.client.delete(podResource, objectKey(pod), { preconditions: { uid: uidOf(pod) } });
  } catch (err) {
    if (isNotFound(err)) return;
    tellOfPod(deps, set, { verb: 'delete', name, error: err });
    throw err;
  }
  tellOfPod(deps, set, { verb: 'delete', name });
}

async function repair(deps: ExecutorDeps, set: StatefulSet, { ordinal, pod }: Member): Promise<void> {
  await ensureClaims(deps, set, ordinal);
  for (const { claim, owners } of misownedClaims(deps.claims, set, { ordinal, pod })) {
    const metadata = { ...claim.metadata, ownerReferences: owners };
    await deps.client.update(claimResource, { ...claim, metadata });
  }
  const next = withIdentity(set, ordinal, pod);
  if (next === pod) return;
  const name = nameOf(pod);
  try {
    await deps.client.update(podResource, next);
  } catch (err) {
    tellOfPod(deps, set, { verb: 'update', name, error: err });
    throw err;
  }
  tellOfPod(deps, set, { verb: 'update', name });
}

/** The claims of a pod whose owners are not those that the set's policy says. */
export function misownedClaims(claims: Lister<PersistentVolumeClaim>, set: StatefulSet, { ordinal, pod }: Member) {
  return standingClaims(claims, set, ordinal).flatMap((claim) => {
    const present = claim.metadata.ownerReferences ?? [];
    const owners = wantedOwners(set, ordinal, pod, present);
    const same = owners.length === present.length && owners.every(({ uid }, index) => uid === present[index]?.uid);
    return same ? [] : [{ claim, owners }];
  });
}

/** The claims of a place that are there. */
export function standingClaims(
  claims: Lister<PersistentVolumeClaim>,
  set: StatefulSet,
  ordinal: number,
): readonly PersistentVolumeClaim[] {
  return claimsOf(set, ordinal).flatMap((claim) => claims.get(keyOf(claim)) ?? []);
}

async function ensureClaims(
  { client, claims, events }: ExecutorDeps,
  set: StatefulSet,
  ordinal: number,
): Promise<void> {
  for (const wanted of claimsOf(set, ordinal)) {
    const { name = '' } = wanted.metadata;
    const standing = claims.get(keyOf(wanted));
    if (standing?.metadata.deletionTimestamp !== undefined) throw new Error(`pvc ${name} is being deleted`);
    if (standing !== undefined) continue;
    const place = `Pod ${podName(set, ordinal)} in StatefulSet ${nameOf(set)}`;
    try {
      await client.create(claimResource, wanted);
      events.event(set, 'Normal', 'SuccessfulCreate', `create Claim ${name} ${place} success`);
    } catch (err) {
      if (isAlreadyExists(err)) continue;
      const message = `create Claim ${name} for ${place} failed error: ${asError(err).message}`;
      events.event(set, 'Warning', 'FailedCreate', message);
      throw err;
    }
  }
}

interface Told {
  readonly verb: 'create' | 'delete' | 'update';
  /** Of the pod. */
  readonly name: string;
  readonly error?: unknown;
}

const REASONS = { create: 'Create', delete: 'Delete', update: 'Update' } as const;

function tellOfPod({ events }: ExecutorDeps, set: StatefulSet, { verb, name, error }: Told): void {
  const subject = `${verb} Pod ${name} in StatefulSet ${nameOf(set)}`;
  if (error === undefined) events.event(set, 'Normal', `Successful${REASONS[verb]}`, `${subject} successful`);
  else events.event(set, 'Warning', `Failed${REASONS[verb]}`, `${subject} failed error: ${asError(error).message}`);
}
