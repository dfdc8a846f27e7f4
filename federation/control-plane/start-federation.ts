import type { ChangingPlaces, DnsProvider } from '../../dns/provider/index.ts';
import { isAlreadyExists, type KubeObject } from '../../src/apimachinery/index.ts';
import { aggregation } from '../../src/aggregation/index.ts';
import {
  bootstrapFlowControl,
  checkedComponents,
  clusterRoleBindings,
  clusterRoles,
  namespaces,
  roleBindings,
  roles,
  typeTable,
} from '../../src/apis/index.ts';
import {
  ConfiguredAuthentication,
  createApiServer,
  dynamicAdmission,
  isChosen,
  namespaceLifecycle,
  storedResources,
  type ApiServer,
  type AuditOptions,
  type AuthenticationOptions,
  type HttpsListener,
  type PluginChoice,
  type SecureServing,
  type UserInfo,
} from '../../src/apiserver/index.ts';
import { certificateAdmission, certificateRequests } from '../../src/certificate-requests/index.ts';
import { createRemoteClient, type Client } from '../../src/client/index.ts';
import {
  createMetrics,
  silentLogger,
  start,
  systemClock,
  type Clock,
  type Logger,
  type Registry,
  type Runnable,
} from '../../src/component-base/index.ts';
import {
  createInformerSet,
  freshLayers,
  leaderElection,
  type Election,
  type InformerSet,
  type LeaderElectionOptions,
} from '../../src/controller/index.ts';
import { customResources, customResourceSchemas } from '../../src/custom-resources/index.ts';
import { flowSchemaStatus, informedFlowControl } from '../../src/flow-control/index.ts';
import type { CertificateAuthority, KeyPairPem } from '../../src/pki/index.ts';
import { policyStatus } from '../../src/policy-status/index.ts';
import { bootstrapRbac, roleAggregation } from '../../src/rbac/index.ts';
import type { Storage } from '../../src/storage/index.ts';
import type { Tracer } from '../../src/tracing/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE, withClusterTypes } from '../apis/index.ts';
import type { HealthTimings, MemberClientFactory } from '../cluster/index.ts';
import {
  clusterMetrics,
  MemberRequests,
  observedClients,
  ProviderMetrics,
  tracedClients,
} from '../observability/index.ts';
import { markRestored, type Restoration } from '../restoration/index.ts';
import type { PublishTarget, ResolveHostName } from '../service-dns/index.ts';
import { propagationToInstances, type SyncOptions } from '../sync/index.ts';
import { createAccess } from './access.ts';
import { annotationAdmission } from './annotation-admission.ts';
import { checkedPlugins } from './admission-plugins.ts';
import { finalizerAdmission } from './finalizer-admission.ts';
import { removalAdmission } from './removal-admission.ts';
import { answeredExplanations, type DnsExplanationDeps } from './dns-explanations.ts';
import { publishingForItself } from './dns-publishing.ts';
import { federationControllers } from './controllers.ts';
import { federationResources } from './resources.ts';

export interface FederationServing {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** PEM of the CA whose client certificates are believed. */
  readonly clientCa: string;
  /** What clients may take of it; the usual when absent. */
  readonly limits?: NonNullable<SecureServing['limits']>;
}

export interface FederationOptions {
  /** Third label of the DNS names, and the mark on what is made in members: one DNS label. */
  readonly name: string;
  /** The zone at the provider, in which names are published. */
  readonly dnsDomain: string;
  /** Of the records; 180. */
  readonly ttlSeconds?: number;
  /** Usually wrapped in the watch cache. Not closed. */
  readonly storage: Storage;
  /** The API over HTTPS; in this process only without. */
  readonly serving?: FederationServing;
  /**
   * Signs the certificates that are asked for with approved CertificateSigningRequests, and is believed as `clientCa` is.
   * None is signed when absent.
   */
  readonly signer?: CertificateAuthority;
  /** Users by bearer tokens, in lines of `token,user,uid,"group1,group2"`. */
  readonly tokenFile?: string;
  /** Users by tokens of issuers outside, and what may be asked without credentials. */
  readonly authentication?: AuthenticationOptions;
  /** Has the zone of the federation to itself. */
  readonly provider?: DnsProvider;
  /** By the server of that zone: what it answers, and why. */
  readonly explainAnswer?: DnsExplanationDeps['explainAnswer'];
  readonly recentQueries?: DnsExplanationDeps['recentQueries'];
  /** Of the server of that zone: told where the members are. */
  readonly places?: Pick<ChangingPlaces, 'learn'>;
  /** Where else records are published: by one control plane, the elected one where there are several. */
  readonly targets?: readonly PublishTarget[];
  /** The zone is of this process alone: others on the storage have their own, and each keeps its own, elected or not. */
  readonly zoneIsOwn?: boolean;
  /** What is stored is from a backup: nothing is removed in members until somebody has confirmed that. */
  readonly restored?: Restoration;
  /** Where the storage has other control planes: of all of them the elected one runs the controllers. */
  readonly election?: Election;
  readonly health?: Partial<HealthTimings>;
  readonly sync?: SyncOptions;
  /** For members inside this process. */
  readonly createClient?: MemberClientFactory;
  readonly resolveHostName?: ResolveHostName;
  /** Of the admission plugins that it has; throws for others. */
  readonly admissionPlugins?: PluginChoice;
  /** What of the requests over HTTPS is noted; nothing when absent. */
  readonly audit?: AuditOptions;
  /** Requests over HTTPS, and what becomes of federated objects, are traced; nothing is when absent. */
  readonly tracer?: Tracer | undefined;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly metrics?: Registry;
  /** Ends it, also while it starts. */
  readonly signal?: AbortSignal;
}

export interface Federation extends AsyncDisposable {
  /** `https://host:port`; empty when it is not served over HTTPS. */
  readonly url: string;
  /** The API in this process. */
  client(user: UserInfo): Client;
  /** Shows another serving certificate from the next connection on. Throws for a pair that cannot be served. */
  readonly renewServing: (pair: KeyPairPem) => void;
  /** Settles when it ends; rejects when a part of it failed. */
  readonly done: Promise<void>;
}

const controllerManager: UserInfo = { username: 'federation-controller-manager', groups: ['system:masters'] };
const ownNamespaces = ['default', FEDERATION_SYSTEM_NAMESPACE];

/** Starts a federation control plane: API server and controllers. Resolves when it serves and knows what it stores. */
export async function startFederation(options: FederationOptions): Promise<Federation> {
  const { clock = systemClock, metrics = createMetrics(), signal = new AbortController().signal } = options;
  const log = (options.log ?? silentLogger).child({ component: 'federation' });
  const readiness = { ready: false };
  const authentication =
    options.authentication && new ConfiguredAuthentication(options.authentication, { clock, log, metrics });
  const { server, client, informers } = createServer({ ...options, authentication, clock, log, metrics, readiness });
  await createNamespaces(client, signal);
  await bootstrapRbac(client, signal);
  await bootstrapFlowControl(client, signal);
  if (options.restored !== undefined) await markRestored(client, options.restored, signal);

  await using starting = new AsyncDisposableStack();
  const listener = listenerOf(server, options);
  const api = { server, client, informers, clock, log };
  const extensions = [...customResources({ ...api, propagation: propagationToInstances }), ...aggregation(api)];
  const requests = new MemberRequests(metrics, clock);
  const observed = observedParts(options, requests, { metrics, clock });
  const base = { ...options, ...observed, federation: client, informers, clock, log, metrics };
  const publishesElsewhere = isOneOfSeveralZones(options);
  const build = (informers: InformerSet) => [
    clusterMetrics({ clusters: informers.of(clusters), metrics, forget: (cluster) => requests.forget(cluster) }),
    flowSchemaStatus({ client, informers, clock, log }),
    policyStatus({ client, informers, catalog: server.catalog, types: typeTable, clock, log }),
    roleAggregation({ client, informers, clock, log }),
    ...certificateRequests({ client, informers, authority: options.signer, clock, log }),
    ...federationControllers(
      { ...base, resources: storedResources(server.catalog), informers },
      { ...options, publishesElsewhere },
    ),
  ];
  const publishers = publishesElsewhere ? publishingForItself({ ...base, targets: [] }, options) : [];
  const deciding = options.election && elected({ client, clock, log, ...options.election }, build);
  const controllers = deciding === undefined ? build(informers) : [...publishers, deciding];
  // The API goes last: until then the controllers can still say what they did.
  const serving = starting.use(await start([...present(authentication), ...present(listener), informers], signal));
  // Whatever decides by what there is would miss what is not served yet.
  const added = starting.use(await start(extensions, signal));
  const running = starting.use(await start(controllers, signal));
  readiness.ready = true;
  const parts = starting.move();
  const done = Promise.all([serving.done, added.done, running.done]).then(() => undefined);
  // Whoever awaits it sees the failure; nobody has to.
  done.catch(() => undefined);
  return {
    url: listener?.url ?? '',
    client: (user) => server.client(user),
    renewServing: ({ certificate, key }) => {
      listener?.renew({ cert: certificate, key });
    },
    done,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function present<T>(part: T | undefined): readonly T[] {
  return part === undefined ? [] : [part];
}

/** Whoever is elected writes for all where clients go, and each publishes that. */
function isOneOfSeveralZones({ election, zoneIsOwn }: FederationOptions): boolean {
  return election !== undefined && zoneIsOwn === true;
}

/** What is asked of members, and published, is counted. */
function observedParts(
  { createClient = createRemoteClient, tracer }: FederationOptions,
  requests: MemberRequests,
  { metrics, clock }: { readonly metrics: Registry; readonly clock: Clock },
) {
  return {
    createClient: observedClients(tracedClients(createClient, tracer), requests),
    onForbidden: (handler: (cluster: string) => void) => requests.onForbidden(handler),
    providerMetrics: new ProviderMetrics(metrics, clock),
  };
}

/** What decides is begun anew with each term, with informers of its own. */
function elected(
  options: Omit<LeaderElectionOptions, 'lease'>,
  build: (informers: InformerSet) => readonly Runnable[],
): Runnable {
  const lease = { namespace: FEDERATION_SYSTEM_NAMESPACE, name: 'federation-controller-manager' };
  const controllers = freshLayers('federation controllers', () => {
    const informers = createInformerSet(options.client, options);
    // They ask for their informers as they are built.
    const built = build(informers);
    return [[informers], built];
  });
  return leaderElection({ ...options, lease }, [controllers]);
}

interface ServerDeps extends Omit<DnsExplanationDeps, 'informers'> {
  readonly tokenFile?: string;
  readonly authentication: ConfiguredAuthentication | undefined;
  readonly storage: Storage;
  readonly audit?: AuditOptions;
  readonly tracer?: Tracer | undefined;
  readonly admissionPlugins?: PluginChoice;
  readonly sync?: SyncOptions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly readiness: { readonly ready: boolean };
}

function createServer(deps: ServerDeps) {
  const { storage, tokenFile, authentication, audit, clock, log, metrics, readiness } = deps;
  const chosen = checkedPlugins(deps.admissionPlugins);
  const access = createAccess({
    informers: () => informers,
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(authentication === undefined ? {} : { authentication }),
  });
  const explanations = answeredExplanations({ ...deps, informers: () => informers });
  const checkReady = () => {
    if (!readiness.ready) throw new Error('informers and controllers are not synced');
  };
  const components = checkedComponents({
    'controller-manager': checkReady,
    'etcd-0': () => storage.currentRevision(),
  });
  const server = createApiServer({
    resources: [...federationResources, ...access.reviews, explanations, components],
    storage,
    types: withClusterTypes(typeTable),
    admission: (own) =>
      [
        namespaceLifecycle(own, { immortal: ['default', 'kube-system', 'kube-public', FEDERATION_SYSTEM_NAMESPACE] }),
        access.admission,
        ...certificateAdmission(access.authorizer),
        customResourceSchemas,
        finalizerAdmission(),
        removalAdmission({ own, resources: () => server.catalog.definitions(), limits: deps.sync?.blastRadius }),
        dynamic.mutating,
        annotationAdmission,
        ...dynamic.validating,
      ].filter(({ name }) => isChosen(name, chosen)),
    authenticators: () => access.authenticators,
    ...(authentication === undefined ? {} : { allowsAnonymous: authentication.allowsAnonymous }),
    authorizer: () => access.authorizer,
    ...(audit === undefined ? {} : { audit }),
    tracer: deps.tracer,
    flowControl: () => informedFlowControl(() => informers),
    clock,
    log,
    metrics,
    readyChecks: { 'informer-sync': checkReady },
  });
  const client = server.client(controllerManager);
  const informers = createInformerSet(client, { clock, log });
  const dynamic = dynamicAdmission({
    informers,
    own: client,
    authorizer: access.authorizer,
    served: () => server.catalog.definitions(),
    types: withClusterTypes(typeTable),
    log: log.child({ component: 'admission' }),
    plugins: chosen,
  });
  // Asked for before they run, so that they are synced before the first question of who may do what.
  for (const resource of [roles, roleBindings, clusterRoles, clusterRoleBindings]) informers.of<KubeObject>(resource);
  return { server, client, informers };
}

function listenerOf(server: ApiServer, { serving, signer }: FederationOptions): HttpsListener | undefined {
  if (serving === undefined) return undefined;
  const { host, port, certificate, key, limits = {} } = serving;
  const clientCa = [serving.clientCa, signer?.certificate ?? ''].join('\n');
  return server.listener({ host, port, cert: certificate, key, clientCa, limits });
}

/** The original left `default` to its users; nearly all of them stumbled over that. */
async function createNamespaces(client: Client, signal: AbortSignal): Promise<void> {
  for (const name of ownNamespaces) {
    try {
      await client.create(namespaces, { metadata: { name } }, { signal });
    } catch (err) {
      if (!isAlreadyExists(err)) throw err;
    }
  }
}
