import type { Reconciler } from './contract.ts';

/** A reconciler whose code is loaded with its first key: most control planes have no object of many a kind. */
export function lazily(load: () => Promise<Reconciler>): Reconciler {
  let loading: Promise<Reconciler> | undefined;
  return async (key, signal) => {
    loading ??= load();
    const reconcile = await loading;
    return reconcile(key, signal);
  };
}
