import type { Client } from '../client/index.ts';
import { storedClient } from '../../federation/join/index.ts';
import type { Target } from './target-federation.ts';

interface MemberFlags {
  readonly clusterContext?: string;
}

/** As an administrator of the cluster, where a context is; else as the federation itself. */
export async function memberOf(
  name: string,
  flags: MemberFlags,
  target: Target,
  signal: AbortSignal,
): Promise<(Client & AsyncDisposable) | undefined> {
  if (hasContext(name, flags, target)) return target.kubeconfig.clientForContext(flags.clusterContext ?? name);
  return storedClient(target.federation, name, signal);
}

/** One that is named has to be there: it is said when it is not. */
export function hasContext(name: string, { clusterContext }: MemberFlags, { kubeconfig }: Target): boolean {
  return clusterContext !== undefined || kubeconfig.contexts.some((known) => known.name === name);
}
