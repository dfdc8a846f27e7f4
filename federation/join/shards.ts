import { isNotFound, keyOf, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { mapConcurrent, type Clock } from '../../src/component-base/index.ts';
import { labels } from '../apis/index.ts';
import { copiesOfKind } from '../cluster/index.ts';
import { foreignContent } from './namespace-content.ts';

const CONCURRENT = 8;
const POLL_MS = 250;

export interface ShardsDeps {
  readonly member: Client;
  readonly federationName: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A copy of ours in a member. */
export interface Shard {
  readonly resource: Resource;
  readonly key: string;
}

/** Every copy that the federation made in the member, of the kinds that the member serves and shows. */
export async function shardsIn(deps: ShardsDeps, kinds: readonly Resource[]): Promise<readonly Shard[]> {
  const found = await mapConcurrent(kinds, CONCURRENT, (kind) => shardsOfKind(deps, kind), deps.signal);
  return found.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function shardsOfKind(
  { member, federationName, signal }: ShardsDeps,
  resource: Resource,
): Promise<readonly Shard[]> {
  const shards: Shard[] = [];
  for await (const copies of copiesOfKind({ member, federationName, resource }, signal)) {
    shards.push(...copies.map((copy) => ({ resource, key: keyOf(copy) })));
  }
  return shards;
}

/**
 * Deletes the copies, namespaces last, and waits until they are gone. A namespace that others use too stays. Resolves
 * to what stays and why.
 */
export async function deleteShards(deps: ShardsDeps, kinds: readonly Resource[]): Promise<readonly string[]> {
  const isNamespace = ({ resource }: Shard) => resource.group === '' && resource.plural === 'namespaces';
  const shards = await shardsIn(deps, kinds);
  const stays = [
    ...(await deleteAll(
      deps,
      shards.filter((shard) => !isNamespace(shard)),
    )),
  ];
  const empty: Shard[] = [];
  for (const shard of shards.filter(isNamespace)) {
    const foreign = await foreignContent(deps, shard.key);
    if (foreign.length === 0) empty.push(shard);
    else stays.push(`namespace ${shard.key} stays: others have made ${foreign.join(', ')} in it`);
  }
  return [...stays, ...(await deleteAll(deps, empty))];
}

async function deleteAll(deps: ShardsDeps, shards: readonly Shard[]): Promise<readonly string[]> {
  const results = await mapConcurrent(shards, CONCURRENT, (shard) => deleteOne(deps, shard), deps.signal);
  return results.flatMap((result, index) => {
    const shard = shards[index];
    if (result.status === 'fulfilled' || shard === undefined) return [];
    const why = result.reason instanceof Error ? result.reason.message : String(result.reason);
    return [`${describe(shard)} stays: ${why}`];
  });
}

export function describe({ resource, key }: Shard): string {
  return `${resource.kind.toLowerCase()} ${key}`;
}

async function deleteOne(
  { member, federationName, clock, signal }: ShardsDeps,
  { resource, key }: Shard,
): Promise<void> {
  const [first = '', second] = key.split('/');
  const name = second === undefined ? { name: first } : { namespace: first, name: second };
  try {
    const { metadata } = await member.get<KubeObject>(resource, name, { signal });
    // Somebody may have made one of that name since.
    if (metadata.labels?.[labels.managedBy] !== federationName) return;
    await member.delete<KubeObject>(resource, name, {
      propagationPolicy: 'Background',
      signal,
      ...(metadata.uid === undefined ? {} : { preconditions: { uid: metadata.uid } }),
    });
    for (;;) {
      const now = await member.get<KubeObject>(resource, name, { signal });
      if (now.metadata.uid !== metadata.uid) return;
      await clock.sleep(POLL_MS, signal);
    }
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
