import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { findCondition } from '../../src/apimachinery/index.ts';
import { nodes, pods } from '../../src/apis/index.ts';
import {
  ConfiguredAuthentication,
  createServiceAccountTokens,
  pluginChoiceProblems,
  type PluginChoice,
} from '../../src/apiserver/index.ts';
import { createMetrics, silentLogger, systemClock, type Runnable } from '../../src/component-base/index.ts';
import type { Election, InformerSet } from '../../src/controller/index.ts';
import {
  createEmbeddedStorage,
  createEncryptedStorage,
  createEtcdStorage,
  createMemoryStorage,
  createWatchCache,
  type Storage,
} from '../../src/storage/index.ts';
import { hostPorts, lowestOpenPort, samePort, type HostPort } from '../host-ports/index.ts';
import { podIndexes } from '../pods/index.ts';
import { blockPlan, simulatedPlan, type AddressPlan } from './address-plan.ts';
import { noClaims, storedClaims } from './admission/number-claims.ts';
import { createNamespaces } from './bootstrap.ts';
import { createServer } from './create-server.ts';
import { createNodes } from './member-nodes.ts';
import { Layers } from './layers.ts';
import type { MemberCluster, MemberClusterOptions, MemberStatus } from './options.ts';
import { createWorkers, type WorkersDeps } from './workers.ts';

/** Throws for plugins that there are not. */
function checkedPlugins({ admissionPlugins = {} }: MemberClusterOptions): PluginChoice {
  const problems = pluginChoiceProblems(admissionPlugins);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return admissionPlugins;
}

type Authorities = Pick<WorkersDeps, 'rootCa' | 'signingAuthority'>;

/** Starts a whole cluster in this process. Resolves when it is ready to be used, nodes included. */
export async function startMemberCluster(options: MemberClusterOptions): Promise<MemberCluster> {
  const { name, network, certificates, clusterDomain = 'cluster.local', clock = systemClock } = options;
  const { log: root = silentLogger, metrics = createMetrics() } = options;
  const log = root.child({ cluster: name });
  const plan = network === 'none' ? simulatedPlan() : blockPlan(network.block);
  const tokens = createServiceAccountTokens({ key: certificates.serviceAccountKey, clock });
  const { storage, runnables } = createStorage(options, { clock, log });
  const authentication = authenticationOf(options, { clock, log, metrics });
  const readiness = { ready: false };
  const hostPort = hostPortOf(options, plan);
  const common = { plan, tokens, hostPort, clock, log, metrics };
  const member = createServer({
    ...common,
    ...(options.tokenFile === undefined ? {} : { tokenFile: options.tokenFile }),
    admissionPlugins: checkedPlugins(options),
    admissionConfiguration: options.admission,
    authentication,
    storage,
    audit: options.audit,
    tracer: options.tracer,
    claims: options.storage.type === 'etcd' ? storedClaims(storage) : noClaims,
    kubelet: (nodeName) => memberNodes.kubelets.get(nodeName),
    url: () => listener?.url ?? 'https://kubernetes.default.svc',
    checkReady: () => {
      if (!readiness.ready) throw new Error('informers and controllers are not synced');
    },
  });
  const listener = network === 'none' ? undefined : member.server.listener(serving(options, plan.apiServer));
  const status = statusOf(member.informers, readiness);
  const deps = { ...common, ...member, hasNetwork: network !== 'none', clusterDomain };
  const memberNodes = await createNodes({ ...options, clusterName: name, nodes: options.nodes ?? 1 }, deps);
  const workers = createWorkers({ ...deps, ...electionOf(options), ...authoritiesOf(certificates) });

  const layers = new Layers();
  await allOrNothing(layers, [
    () => layers.start(runnables),
    () => createNamespaces(member.client),
    () => layers.start([authentication, listener].filter((part) => part !== undefined)),
    () => layers.start([...workers.foundations, ...memberNodes.foundations]),
    () => layers.start(workers.roles),
    () => layers.start(workers.extensions),
    () => layers.start([...memberNodes.kubelets.values(), ...workers.controllers]),
  ]);
  readiness.ready = true;
  return {
    name,
    url: listener?.url ?? '',
    server: member.server,
    client: member.client,
    renewServing: ({ certificate, key }) => {
      listener?.renew({ cert: certificate, key });
    },
    done: layers.done,
    status,
    [Symbol.asyncDispose]: () => {
      readiness.ready = false;
      return layers.stop();
    },
  };
}

function authenticationOf(
  { authentication }: MemberClusterOptions,
  deps: ConstructorParameters<typeof ConfiguredAuthentication>[1],
): ConfiguredAuthentication | undefined {
  return authentication && new ConfiguredAuthentication(authentication, deps);
}

async function allOrNothing(layers: Layers, steps: readonly (() => Promise<void>)[]): Promise<void> {
  try {
    for (const step of steps) await step();
  } catch (err) {
    await layers.stop();
    throw err;
  }
}

function hostPortOf({ network, lowestPort = lowestOpenPort() }: MemberClusterOptions, plan: AddressPlan): HostPort {
  return network === 'none' ? samePort : hostPorts({ owns: (address) => plan.owns(address), lowest: lowestPort });
}

function createStorage(
  { storage, encryption }: MemberClusterOptions,
  deps: Parameters<typeof createWatchCache>[1],
): { readonly storage: Storage; readonly runnables: readonly Runnable[] } {
  const encrypted = (inner: Storage) => (encryption === undefined ? inner : createEncryptedStorage(inner, encryption));
  if (storage.type === 'memory') return { storage: encrypted(createMemoryStorage(deps)), runnables: [] };
  const stored =
    storage.type === 'etcd'
      ? createEtcdStorage({ ...storage, ...deps })
      : createEmbeddedStorage({ ...storage, ...deps });
  const cache = createWatchCache(encrypted(stored), deps);
  return { storage: cache, runnables: [stored, cache] };
}

function electionOf({ storage, election }: MemberClusterOptions): { readonly election?: Election } {
  if (election !== undefined) return { election };
  return storage.type === 'etcd' ? { election: { identity: `${hostname()}_${randomUUID()}` } } : {};
}

function serving(
  { certificates, listen, limits = {} }: MemberClusterOptions,
  standard: { readonly host: string; readonly port: number },
) {
  const { certificate, key } = certificates.serving;
  const clientCa = [certificates.ca.certificate, certificates.signer?.certificate ?? ''].join('\n');
  return { ...(listen ?? standard), key, cert: certificate, clientCa, limits };
}

function authoritiesOf({ ca, signer }: MemberClusterOptions['certificates']): Authorities {
  return { rootCa: ca.certificate, ...(signer === undefined ? {} : { signingAuthority: signer }) };
}

function statusOf(informers: InformerSet, readiness: { readonly ready: boolean }): () => MemberStatus {
  const nodeLister = informers.of(nodes).lister;
  const podLister = informers.of(pods, { indexes: podIndexes }).lister;
  return () => {
    const allNodes = nodeLister.list();
    const allPods = podLister.list();
    const isReady = (conditions: NonNullable<(typeof allNodes)[number]['status']>['conditions']) =>
      findCondition(conditions, 'Ready')?.status === 'True';
    return {
      ready: readiness.ready,
      nodes: { total: allNodes.length, ready: allNodes.filter(({ status }) => isReady(status?.conditions)).length },
      pods: { total: allPods.length, running: allPods.filter(({ status }) => status?.phase === 'Running').length },
    };
  };
}
