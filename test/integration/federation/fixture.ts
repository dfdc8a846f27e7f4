import { createLocalZones, type RecordSet } from '../../../dns/provider/index.ts';
import { clusters } from '../../../federation/apis/index.ts';
import { startFederation, type Federation, type FederationOptions } from '../../../federation/control-plane/index.ts';
import { withMetadata, type KubeObject } from '../../../src/apimachinery/index.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  cronJobs,
  customResourceDefinitions,
  daemonSets,
  deployments,
  endpointSlices,
  events,
  horizontalPodAutoscalers,
  ingresses,
  jobs,
  limitRanges,
  namespaces,
  networkPolicies,
  nodes,
  persistentVolumeClaims,
  podDisruptionBudgets,
  pods,
  replicaSets,
  resourceQuotas,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
  services,
  statefulSets,
  type Service,
} from '../../../src/apis/index.ts';
import type { ResourceDefinition } from '../../../src/apiserver/index.ts';
import { createRemoteClient, type Client } from '../../../src/client/index.ts';
import { silentLogger, start, systemClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage, type Storage } from '../../../src/storage/index.ts';
import { adminUser, type TestApiServer, type TestApiServerOptions } from '../../harness/api-server.ts';
import { startCustomResourceServer } from '../../harness/custom-resources.ts';
import { switchable, type Switch } from './switchable-client.ts';

export const DOMAIN = 'example.com';
export const NAME = 'myfederation';

export const memberResources: readonly ResourceDefinition[] = [
  namespaces,
  services,
  configMaps,
  secrets,
  nodes,
  pods,
  endpointSlices,
  events,
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  jobs,
  cronJobs,
  horizontalPodAutoscalers,
  podDisruptionBudgets,
  ingresses,
  networkPolicies,
  persistentVolumeClaims,
  limitRanges,
  resourceQuotas,
  serviceAccounts,
  roles,
  roleBindings,
  clusterRoles,
  clusterRoleBindings,
  customResourceDefinitions,
];

export interface TestMember extends AsyncDisposable {
  readonly name: string;
  /** Of the member's own administrator, always up. */
  readonly admin: Client;
  readonly line: Switch;
}

export interface Place {
  readonly region: string;
  readonly zones: readonly string[];
}

export async function startMember(
  name: string,
  { region, zones }: Place,
  api: Partial<TestApiServerOptions> = {},
): Promise<TestMember> {
  const { listen = false } = api;
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startCustomResourceServer({ resources: memberResources, ...api }));
  for (const zone of zones) {
    const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': zone };
    await server.admin.create(nodes, { metadata: { name: `${name}-${zone}`, labels } });
  }
  const line = switchable(listen ? stack.use(remoteClient(server)) : server.admin);
  const parts = stack.move();
  return {
    name,
    admin: server.admin,
    line,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** What a federation has of a member elsewhere: unlike one in this process it is told who owns which field. */
function remoteClient({ url, certificates: { ca, admin } }: TestApiServer) {
  return createRemoteClient({ server: url, ca, credentials: admin });
}

export const places: Readonly<Record<string, Place>> = {
  'gce-asia-east1': { region: 'asia-east1', zones: ['asia-east1-a'] },
  'gce-europe-west1': { region: 'europe-west1', zones: ['europe-west1-b'] },
  'gce-us-central1': { region: 'us-central1', zones: ['us-central1-b'] },
  'gce-us-east1': { region: 'us-east1', zones: ['us-east1-b'] },
};

export interface TestFederation extends AsyncDisposable {
  readonly admin: Client;
  /** Where it listens, when it does. */
  readonly url: string;
  readonly members: readonly TestMember[];
  member(name: string): TestMember;
  records(): Promise<Readonly<Record<string, string>>>;
  rawRecords(): Promise<readonly RecordSet[]>;
  /** Stops the control plane and starts it again on the same storage and zone. */
  restart(whileDown?: () => Promise<void>): Promise<void>;
  join(name: string): Promise<void>;
  readonly storage: Storage;
}

export interface FixtureOptions {
  readonly names?: readonly string[];
  readonly federation?: Partial<FederationOptions>;
  /** The members are talked to over HTTPS. */
  readonly remote?: boolean;
  /** Of the members' API servers. */
  readonly api?: Partial<TestApiServerOptions>;
  /** Not in the federation until `join`. */
  readonly later?: readonly string[];
  /** Members by the URL they are at; all others are found by the name of their Cluster. */
  readonly at?: Readonly<Record<string, TestMember>>;
}

/** A federation with members of their own API servers, all in this process, and a zone. */
export async function startTestFederation(options: FixtureOptions = {}): Promise<TestFederation> {
  const { names = Object.keys(places), later = [], remote: listen = false } = options;
  await using stack = new AsyncDisposableStack();
  const members: TestMember[] = [];
  for (const name of [...names, ...later]) {
    const place = places[name] ?? { region: 'r', zones: [`${name}-z`] };
    members.push(stack.use(await startMember(name, place, { listen, ...options.api })));
  }
  const member = (name: string) => members.find((candidate) => candidate.name === name)!;
  const provider = createLocalZones({ zones: [zone], clock: systemClock, log: silentLogger });
  stack.use(await start([provider]));
  const storage = createMemoryStorage({ clock: systemClock });
  const begin = () =>
    startFederation({
      name: NAME,
      dnsDomain: DOMAIN,
      storage,
      provider,
      createClient: ({ name, server }) => (options.at?.[server] ?? member(name)).line.client,
      ...options.federation,
    });
  let federation: Federation = await begin();
  stack.defer(() => federation[Symbol.asyncDispose]());
  const join = async (name: string) => {
    await federation.client(adminUser).create(clusters, {
      metadata: { name },
      spec: { serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: `https://${name}.test` }] },
    });
  };
  for (const name of names) await join(name);
  const rawRecords = async () => (await provider.zone(DOMAIN)).list();
  const parts = stack.move();
  return {
    get admin() {
      return federation.client(adminUser);
    },
    get url() {
      return federation.url;
    },
    members,
    member,
    storage,
    join,
    rawRecords,
    records: async () =>
      Object.fromEntries((await rawRecords()).map(({ name, type, data }) => [`${name} ${type}`, data.join(' ')])),
    restart: async (whileDown) => {
      await federation[Symbol.asyncDispose]();
      await whileDown?.();
      federation = await begin();
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Annotations as they may have been stored before they were checked. `kind`: where objects of the kind are kept. */
export async function storeAnnotations(
  { storage }: TestFederation,
  kind: string,
  name: string,
  annotations: Readonly<Record<string, string>>,
): Promise<void> {
  const stored = await storage.get(`/registry/${kind}/shop/${name}`);
  // @NOTE what is stored is an object of the API.
  const object = JSON.parse(Buffer.from(stored!.value).toString()) as KubeObject;
  const spoilt = withMetadata(object, { annotations: { ...object.metadata.annotations, ...annotations } });
  await storage.update(stored!.key, Buffer.from(JSON.stringify(spoilt)), stored!.modRevision);
}

export const zone = { name: DOMAIN };

export const nginx = (namespace: string): Omit<Service, 'apiVersion' | 'kind'> => ({
  metadata: { name: 'nginx', namespace, labels: { app: 'nginx' } },
  spec: { type: 'LoadBalancer', ports: [{ port: 80, name: 'http' }], selector: { app: 'nginx' } },
});

const shardKey = (namespace: string, name: string) => ({ namespace, name });

/** What a member's own controllers would do: an address for the shard. */
export async function balance({ admin }: TestMember, namespace: string, name: string, ip: string): Promise<void> {
  const shard = await admin.get(services, shardKey(namespace, name));
  await admin.updateStatus(services, { ...shard, status: { loadBalancer: { ingress: [{ ip }] } } });
}

/** What a member's own controllers would do: endpoints behind the shard. */
export async function endpoints(
  { admin }: TestMember,
  namespace: string,
  name: string,
  ready: readonly boolean[],
): Promise<void> {
  const slice = {
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: ready.map((isReady, index) => ({
      addresses: [`10.0.0.${index + 1}`],
      conditions: { ready: isReady },
    })),
    ports: [],
  };
  const { items } = await admin.list(endpointSlices, { namespace });
  const present = items.find(({ metadata }) => metadata.name === slice.metadata.name);
  if (present === undefined) await admin.create(endpointSlices, slice);
  else await admin.update(endpointSlices, { ...present, endpoints: slice.endpoints });
}
