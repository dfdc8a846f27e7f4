import { isNotFound } from '../apimachinery/index.ts';
import { loadKubeconfig, type Client } from '../client/index.ts';
import { withDeadline } from '../component-base/index.ts';
import { controlClient, NotRunning } from '../../federation/fleet/index.ts';
import { joinCluster, readFederationInfo, unjoinCluster, type FederationInfo } from '../../federation/join/index.ts';
import { homeOfUser } from './environment.ts';

export interface JoinCommandOptions {
  readonly clusterContext?: string;
  /** The federation's. */
  readonly context: string;
  readonly kubeconfig?: string;
}

const DEADLINE_MS = 90_000;

export async function join(name: string, options: JoinCommandOptions): Promise<void> {
  const signal = withDeadline(DEADLINE_MS);
  const kubeconfig = await loadKubeconfig(options.kubeconfig);
  const context = options.clusterContext ?? name;
  await using federation = await kubeconfig.clientForContext(options.context);
  await using member = await kubeconfig.clientForContext(context);
  const { name: federationName, domain, nameservers } = await infoOf(federation, options.context, signal);
  const { url, ca } = kubeconfig.serverOf(context);
  await joinCluster({
    federation,
    member,
    federationName,
    domain,
    nameservers,
    name,
    server: url,
    ...(ca === undefined ? {} : { trust: { kind: 'authority', ca } }),
    signal,
  });
  await rememberMembership(name, true);
  console.log(`cluster "${name}" joined federation "${federationName}"`);
}

export async function unjoin(name: string, options: JoinCommandOptions): Promise<void> {
  const signal = withDeadline(DEADLINE_MS);
  const kubeconfig = await loadKubeconfig(options.kubeconfig);
  const context = options.clusterContext ?? name;
  await using federation = await kubeconfig.clientForContext(options.context);
  const { name: federationName } = await infoOf(federation, options.context, signal);
  const isKnown = kubeconfig.contexts.some((known) => known.name === context);
  await using member = isKnown ? await kubeconfig.clientForContext(context) : undefined;
  // The supervisor must not bring it back at the next start, even if the rest fails half-way.
  await rememberMembership(name, false);
  const { found, warnings, left } = await unjoinCluster({
    federation,
    ...(member === undefined ? {} : { member }),
    name,
    federationName,
    signal,
  });
  for (const warning of warnings) console.error(`warning: ${warning}`);
  for (const thing of left) console.error(`left in ${name}: ${thing}`);
  if (!found) throw new Error(`cluster "${name}" was not in federation "${federationName}"`);
  console.log(`Successfully removed cluster "${name}" from federation`);
}

async function infoOf(federation: Client, context: string, signal: AbortSignal): Promise<FederationInfo> {
  try {
    return await readFederationInfo(federation, signal);
  } catch (err) {
    if (!isNotFound(err)) throw err;
    throw new Error(`context "${context}" is not a federation of koinon's; name one with --context`, { cause: err });
  }
}

/** For clusters of a running fleet; any other cluster is nothing to its supervisor. */
async function rememberMembership(name: string, joined: boolean): Promise<void> {
  const control = controlClient(homeOfUser().socket);
  const signal = withDeadline(DEADLINE_MS);
  try {
    const { components } = await control.status(signal);
    if (components.some((component) => component.name === name)) await control.setJoined(name, joined, signal);
  } catch (err) {
    if (!(err instanceof NotRunning)) throw err;
  }
}
