import { isNotFound, keyOf, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { mapConcurrent } from '../../src/component-base/index.ts';
import { labels } from '../apis/index.ts';
import { isSystemNamespace } from '../sync/index.ts';
import { accountObjectNames, type AccountNames } from './member-account.ts';
import { wantedKinds } from './wanted-kinds.ts';

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
  const kinds = await wantedKinds(federation, signal);
  const copies = await mapConcurrent(kinds, CONCURRENT, (kind) => copiesOf(federation, kind, signal), signal);
  const named = copies.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return [
    ...accountObjectNames(names),
    `configmap kube-dns -n kube-system: the entry of federation ${federationName}`,
    ...named.map((line) => `${line}, as far as they were there; label ${labels.managedBy}=${federationName}`),
  ];
}

async function copiesOf(federation: Client, kind: Resource, signal: AbortSignal): Promise<readonly string[]> {
  const keys = (await objectsOf(federation, kind, signal))
    .filter(({ metadata }) => !isSystemNamespace(kind.namespaced ? metadata.namespace : metadata.name))
    .map(keyOf);
  if (keys.length === 0) return [];
  const more = keys.length > MAX_NAMED ? `, and ${keys.length - MAX_NAMED} more` : '';
  return [`copies of ${kind.plural} ${keys.slice(0, MAX_NAMED).join(', ')}${more}`];
}

async function objectsOf(federation: Client, kind: Resource, signal: AbortSignal): Promise<readonly KubeObject[]> {
  try {
    return (await federation.list(kind, { signal })).items;
  } catch (err) {
    if (isNotFound(err)) return [];
    throw err;
  }
}
