import { isNotFound, keyOf, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { mapConcurrent } from '../../src/component-base/index.ts';
import { REPORTER_NAMESPACE } from '../../src/reachability/index.ts';
import { labels } from '../apis/index.ts';
import { forEachFederatedType, isSystemNamespace } from '../sync/index.ts';
import { accountPlaces, type AccountNames } from './member-account.ts';
import { describePlace } from './present-objects.ts';
import { customKinds } from './wanted-kinds.ts';

const CONCURRENT = 8;
const MAX_NAMED = 5;

interface Unjoined {
  readonly federation: Client;
  readonly federationName: string;
}

/** What is in a member that could not be cleaned up: what joining made, and what may have been copied there. */
export async function leftInMember(
  { federation, federationName }: Unjoined,
  names: AccountNames,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const looks: (() => Promise<readonly string[]>)[] = [];
  forEachFederatedType((type) => {
    const stays = (object: Parameters<typeof type.toMember>[0]) => type.stays?.(object) === true;
    looks.push(() => copiesOf(federation, type.resource, { stays, signal }));
  });
  for (const kind of await customKinds(federation, signal)) {
    looks.push(() => copiesOf(federation, kind, { stays: isInSystemNamespace, signal }));
  }
  const copies = await mapConcurrent(looks, CONCURRENT, (look) => look(), signal);
  const named = copies.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return [
    ...accountPlaces(names).map(describePlace),
    `configmaps, secrets, role and service account of its reporter -n ${REPORTER_NAMESPACE}, where it has one`,
    `configmap kube-dns -n kube-system: the entry of federation ${federationName}`,
    ...named.map((line) => `${line}, as far as they were there; label ${labels.managedBy}=${federationName}`),
  ];
}

async function copiesOf<T extends KubeObject>(
  federation: Client,
  kind: Resource<T>,
  { stays, signal }: { readonly stays: (object: T) => boolean; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const keys = (await objectsOf(federation, kind, signal)).filter((object) => !stays(object)).map(keyOf);
  if (keys.length === 0) return [];
  const more = keys.length > MAX_NAMED ? `, and ${keys.length - MAX_NAMED} more` : '';
  return [`copies of ${kind.plural} ${keys.slice(0, MAX_NAMED).join(', ')}${more}`];
}

async function objectsOf<T extends KubeObject>(
  federation: Client,
  kind: Resource<T>,
  signal: AbortSignal,
): Promise<readonly T[]> {
  try {
    return (await federation.list(kind, { signal })).items;
  } catch (err) {
    if (isNotFound(err)) return [];
    throw err;
  }
}

function isInSystemNamespace({ metadata }: KubeObject): boolean {
  return isSystemNamespace(metadata.namespace);
}
