import { isNotFound, isObject, splitKey, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { customResourceDefinitions, namespaces } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { annotations } from '../apis/index.ts';
import type { Shard } from '../join/index.ts';

/** Taints keep neither away: what others need to be in a cluster at all. */
export function leavesWithTaint({ group, plural }: Resource): boolean {
  return ![namespaces, customResourceDefinitions].some((kind) => kind.group === group && kind.plural === plural);
}

/** Why a copy is still in the cluster, as far as the federation tells. */
export async function whyStays(
  federation: Client,
  cluster: string,
  { resource, key }: Shard,
  signal: AbortSignal,
): Promise<string> {
  try {
    const object = await federation.get<KubeObject>(resource, splitKey(key), { signal });
    if (object.metadata.deletionTimestamp !== undefined) return 'it is being deleted';
    if (object.metadata.annotations?.[annotations.drift] === 'pause') return 'its copies are paused';
    return placed(object, cluster);
  } catch (err) {
    if (isNotFound(err)) return 'it is no longer in the federation';
    throw err;
  }
}

function placed({ metadata }: KubeObject, cluster: string): string {
  const text = metadata.annotations?.[annotations.placement];
  const record = text === undefined ? undefined : parsed(text);
  if (!isObject(record) || !isObject(record['clusters'])) return 'the federation has not said yet where it goes';
  const { policy, problem, clusters } = record;
  if (typeof problem === 'string') return problem;
  const share = clusters[cluster];
  if (share === undefined) return 'it has been told to go';
  const by = typeof policy === 'string' ? ` by ${policy}` : '';
  if (typeof share === 'number') return `${share} replicas are placed here${by}, until as many are ready elsewhere`;
  return `it is placed here${by}, which may tolerate the taint`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}
