import { dnsLabelProblems } from '../apimachinery/index.ts';
import { loadKubeconfig, type Client, type Kubeconfig, type KubeconfigServer } from '../client/index.ts';
import { withDeadline } from '../component-base/index.ts';
import { joinCluster, planJoin, type JoinOptions, type Trust } from '../../federation/join/index.ts';
import { awaitReady } from './await-ready.ts';
import { UsageError } from './exit.ts';
import { rememberMembership } from './fleet-membership.ts';
import { nameOf, printObjects, type OutputFormat } from './print-objects.ts';
import { assertReachable, withRightsAdvice } from './reach-advice.ts';
import { targetFederation, type Target, type TargetFlags } from './target-federation.ts';

export interface JoinFlags extends TargetFlags {
  readonly clusterContext?: string;
  readonly clusterServer?: string;
  readonly credentialsKubeconfig?: string;
  readonly secretName?: string;
  readonly federationSystemNamespace?: string;
  readonly tokenDuration?: number;
  readonly grantGroups?: readonly string[];
  readonly allowEscalation?: boolean;
  readonly insecureSkipTlsVerify?: boolean;
  readonly dryRun?: boolean;
  readonly output?: OutputFormat;
  readonly wait?: boolean;
  /** In milliseconds. */
  readonly timeout: number;
}

export async function join(name: string, flags: JoinFlags): Promise<void> {
  assertClusterName(name);
  const signal = withDeadline(flags.timeout);
  await using target = await targetFederation(flags, signal);
  const { kubeconfig, federation, info } = target;
  const context = flags.clusterContext ?? name;
  await using member = await kubeconfig.clientForContext(context);
  const server = kubeconfig.serverOf(context);
  await assertReachable(member, { what: `cluster "${name}"`, context, url: server.url }, signal);
  const options = await joinOptions(flags, { name, context, target, member, server, signal });
  if (flags.dryRun === true) {
    await printPlan(options, { context, target, ...flags });
    return;
  }
  const { cluster, created, warnings } = await joinCluster(options).catch((err: unknown) => {
    throw withRightsAdvice(err, { what: `cluster "${name}"`, context });
  });
  await rememberMembership(name, true);
  for (const warning of warnings) console.error(`warning: ${warning}`);
  const ready = flags.wait === true ? await awaitReady(federation, name, signal) : cluster;
  if (flags.output !== undefined) console.log(printObjects([ready], flags.output));
  else if (created) console.log(`cluster "${name}" joined federation "${info.name}"`);
  else console.log(`cluster "${name}" is in federation "${info.name}"; its credentials and rights have been renewed`);
}

/** Contexts may be called anything; clusters become labels of DNS names. */
function assertClusterName(name: string): void {
  const [problem] = dnsLabelProblems(name);
  if (problem === undefined) return;
  const legal = name
    .toLowerCase()
    .replace(/.*[/@]/, '')
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  const advice = legal === '' ? '' : `; for example: koinon join ${legal} --cluster-context '${name}'`;
  throw new UsageError(`${JSON.stringify(name)} cannot be the name of a cluster: ${problem}${advice}`);
}

interface Parts {
  readonly name: string;
  readonly context: string;
  readonly target: Target;
  readonly member: Client;
  readonly server: KubeconfigServer;
  readonly signal: AbortSignal;
}

async function joinOptions(
  flags: JoinFlags,
  { name, context, target, member, server, signal }: Parts,
): Promise<JoinOptions> {
  const { federation, info } = target;
  const { credentialsKubeconfig, secretName, federationSystemNamespace, tokenDuration, grantGroups } = flags;
  return {
    federation,
    member,
    federationName: info.name,
    domain: info.domain,
    nameservers: info.nameservers,
    name,
    server: flags.clusterServer ?? server.url,
    trust: trustIn(server, context, flags),
    mayEscalate: flags.allowEscalation === true,
    signal,
    timeoutMs: flags.timeout,
    ...(credentialsKubeconfig === undefined ? {} : { kubeconfig: await credentialsIn(credentialsKubeconfig) }),
    ...(secretName === undefined ? {} : { secretName }),
    ...(federationSystemNamespace === undefined ? {} : { memberNamespace: federationSystemNamespace }),
    ...(tokenDuration === undefined ? {} : { tokenSeconds: Math.round(tokenDuration / 1000) }),
    ...(grantGroups === undefined ? {} : { groups: grantGroups }),
  };
}

/** What the federation believes is what the context believes, which has just been found to work. */
function trustIn(server: KubeconfigServer, context: string, { insecureSkipTlsVerify = false }: JoinFlags): Trust {
  if (server.tlsServerName !== undefined) {
    throw new Error(
      `the context ${JSON.stringify(context)} expects its certificate to be for ${server.tlsServerName}; the federation can only expect the name in the URL: give one that fits with --cluster-server`,
    );
  }
  if (insecureSkipTlsVerify) return { kind: 'blind' };
  if (server.insecureSkipTlsVerify === true) {
    throw new Error(
      `the context ${JSON.stringify(context)} believes whatever answers (insecure-skip-tls-verify). Give it a certificate authority, or let the federation be as trusting with --insecure-skip-tls-verify`,
    );
  }
  return server.ca === undefined ? { kind: 'system' } : { kind: 'authority', ca: server.ca };
}

/** Its current context, as the original read it. */
async function credentialsIn(file: string): Promise<string> {
  const kubeconfig: Kubeconfig = await loadKubeconfig(file);
  if (kubeconfig.currentContext === '') throw new UsageError(`${file} has no current context`);
  return kubeconfig.flattened(kubeconfig.currentContext);
}

async function printPlan(
  options: JoinOptions,
  { context, target, output }: { readonly context: string; readonly target: Target; readonly output?: OutputFormat },
): Promise<void> {
  const { member, federation } = await planJoin(options);
  const places = [
    { where: `the cluster, context ${context}`, objects: member },
    { where: `the federation, context ${target.context}; credentials are left out`, objects: federation },
  ];
  const printed = places.map(({ where, objects }) => {
    if (output === 'yaml') return `# in ${where}\n${printObjects(objects, output)}`;
    if (output !== undefined) return printObjects(objects, output);
    return [`in ${where}:`, ...objects.map((object) => `  ${nameOf(object)} (dry run)`)].join('\n');
  });
  console.log(printed.join(output === 'yaml' ? '\n---\n' : '\n'));
}
