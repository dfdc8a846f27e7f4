import type { Client } from '../client/index.ts';
import { clusterCondition, clusters, isReady, type Cluster } from '../../federation/apis/index.ts';

/** Resolves when the federation finds the cluster Ready; rejects with what it finds instead when `signal` aborts. */
export async function awaitReady(federation: Client, name: string, signal: AbortSignal): Promise<Cluster> {
  let last: Cluster | undefined;
  for await (const { type, object } of federation.watch(clusters, { fieldSelector: `metadata.name=${name}`, signal })) {
    if (type === 'DELETED') throw new Error(`cluster "${name}" has left the federation again`);
    if (type === 'BOOKMARK') continue;
    if (isReady(object)) return object;
    last = object;
  }
  const found = last === undefined ? undefined : clusterCondition(last, 'Ready');
  throw new Error(
    `cluster "${name}" has joined, but the federation has not found it ready in time: ${found?.message ?? 'it has not been looked at yet'}. "kubectl describe cluster ${name}" tells more`,
  );
}
