import type { KubeObject } from '../apimachinery/index.ts';
import { clusterRoleBindings, clusterRoles } from '../apis/index.ts';
import { untilAborted } from '../component-base/index.ts';
import type { Informer, InformerSet } from '../controller/index.ts';
import { bootstrapClusterRoleBindings, bootstrapClusterRoles } from './bootstrap-policy.ts';

/** Resolves when all the roles and bindings that every control plane has have been heard of; rejects when `signal` aborts. */
export async function rbacKnown(informers: Pick<InformerSet, 'of'>, signal: AbortSignal): Promise<void> {
  await Promise.all([
    allSeen(informers.of(clusterRoles), bootstrapClusterRoles, signal),
    allSeen(informers.of(clusterRoleBindings), bootstrapClusterRoleBindings, signal),
  ]);
}

async function allSeen<T extends KubeObject>(
  informer: Informer<T>,
  wanted: readonly T[],
  signal: AbortSignal,
): Promise<void> {
  const missing = new Set(wanted.map(({ metadata }) => metadata.name ?? ''));
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = informer.onEvent(({ key }) => {
    missing.delete(key);
    if (missing.size === 0) resolve(undefined);
  });
  try {
    await untilAborted(promise, signal);
  } finally {
    stop();
  }
}
