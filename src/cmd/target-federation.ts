import { isNotFound } from '../apimachinery/index.ts';
import { loadKubeconfig, type Client, type Kubeconfig } from '../client/index.ts';
import { readFederationInfo, type FederationInfo } from '../../federation/join/index.ts';
import { assertReachable } from './reach-advice.ts';

/** Flags that say which federation is meant. */
export interface TargetFlags {
  readonly context?: string;
  /** The original's word for it. */
  readonly hostClusterContext?: string;
  readonly kubeconfig?: string;
}

export interface Target extends AsyncDisposable {
  readonly kubeconfig: Kubeconfig;
  readonly context: string;
  readonly federation: Client;
  readonly info: FederationInfo;
}

const DEFAULT_CONTEXT = 'federation-cluster';

/** The federation that the flags name: its context, a client, and what it says of itself. */
export async function targetFederation(flags: TargetFlags, signal: AbortSignal): Promise<Target> {
  const kubeconfig = await loadKubeconfig(flags.kubeconfig);
  const context = contextOf(kubeconfig, flags);
  await using stack = new AsyncDisposableStack();
  const federation = stack.use(await kubeconfig.clientForContext(context));
  const { url } = kubeconfig.serverOf(context);
  await assertReachable(federation, { what: 'the federation', context, url }, signal);
  const info = await infoOf(federation, context, signal);
  const parts = stack.move();
  return { kubeconfig, context, federation, info, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

function contextOf({ contexts, currentContext }: Kubeconfig, { context, hostClusterContext }: TargetFlags): string {
  if (context !== undefined && hostClusterContext !== undefined && context !== hostClusterContext) {
    console.error(
      `warning: --host-cluster-context ${hostClusterContext} is not needed: the federation of --context ${context} keeps its own Secrets`,
    );
  }
  const named = context ?? hostClusterContext;
  if (named !== undefined) return named;
  const isThere = contexts.some(({ name }) => name === DEFAULT_CONTEXT);
  return isThere || currentContext === '' ? DEFAULT_CONTEXT : currentContext;
}

async function infoOf(federation: Client, context: string, signal: AbortSignal): Promise<FederationInfo> {
  try {
    return await readFederationInfo(federation, signal);
  } catch (err) {
    if (!isNotFound(err)) throw err;
    throw new Error(`context "${context}" is not a federation of koinon's; name one with --context`, { cause: err });
  }
}
