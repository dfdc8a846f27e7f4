import * as apis from '../../../src/apis/index.ts';
import { createApiServer, mastersAuthorizer, type SecureServing } from '../../../src/apiserver/index.ts';
import { createMetrics, silentLogger, start, systemClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { Counted } from './counted-storage.ts';
import { startTcpProxy, type TcpProxy } from '../../harness/tcp-proxy.ts';
import type { MembersAnswer, MembersQuestion } from './members-under-test.ts';

const resources = [
  ...[apis.namespaces, apis.services, apis.configMaps, apis.secrets, apis.serviceAccounts, apis.nodes, apis.pods],
  ...[
    apis.events,
    apis.endpointSlices,
    apis.limitRanges,
    apis.resourceQuotas,
    apis.persistentVolumeClaims,
    apis.leases,
  ],
  ...[apis.deployments, apis.replicaSets, apis.statefulSets, apis.daemonSets, apis.jobs, apis.cronJobs],
  ...[apis.horizontalPodAutoscalers, apis.podDisruptionBudgets, apis.ingresses, apis.networkPolicies],
  ...[apis.roles, apis.roleBindings, apis.clusterRoles, apis.clusterRoleBindings, apis.customResourceDefinitions],
];

/** So many members that are an API server each and nothing else, over HTTPS, in one process. */
const clock = systemClock;
const log = silentLogger;
const SLOW_MS = 5_000;

type Asked<A extends MembersQuestion['ask']> = Extract<MembersQuestion, { ask: A }>;

interface Member {
  readonly storage: Counted;
  /** Of those that can be troubled. */
  readonly proxy?: TcpProxy;
  readonly url: string;
  readonly pace: { callMs: number };
}

interface Waiting {
  readonly id: number;
  readonly among: ReadonlySet<number> | undefined;
  left: number;
}

const members: Member[] = [];
/** How many members lack a key that is waited for, and whom to tell when none does. */
const awaited = new Map<string, Waiting>();

const tell = (answer: MembersAnswer) => process.send?.(answer);

function created(member: number, key: string): void {
  const waiting = awaited.get(key);
  if (waiting === undefined || waiting.among?.has(member) === false || --waiting.left > 0) return;
  awaited.delete(key);
  tell({ id: waiting.id, value: performance.timeOrigin + performance.now() });
}

async function startMember(index: number, serving: SecureServing, isExposed: boolean): Promise<Member> {
  const storage = new Counted(createMemoryStorage({ clock }), (key) => {
    created(index, key);
  });
  const pace = { callMs: 0 };
  const server = createApiServer({
    resources,
    storage,
    types: apis.typeTable,
    // What asks for no object, such as a look at the health, is answered at once even by those that are slow.
    authorizer: () => async (attributes) => {
      if (pace.callMs > 0 && attributes.resource !== undefined) await clock.sleep(pace.callMs);
      return mastersAuthorizer(attributes);
    },
    clock,
    log,
    metrics: createMetrics(),
  });
  const listener = server.listener(serving);
  await start([listener]);
  const own = server.client({ username: 'bench', groups: ['system:masters'] });
  for (const name of ['default', 'kube-system']) await own.create(apis.namespaces, { metadata: { name } });
  if (!isExposed) return { storage, url: listener.url, pace };
  const proxy = await startTcpProxy({ host: serving.host, port: Number(new URL(listener.url).port) });
  return { storage, url: `https://${proxy.host}:${proxy.port}`, pace, proxy };
}

async function trouble({ member, trouble: kind }: Asked<'trouble'>): Promise<void> {
  const { pace, proxy } = members[member] ?? {};
  if (pace === undefined || proxy === undefined) throw new TypeError(`member ${member} cannot be troubled`);
  pace.callMs = kind === 'slow' ? SLOW_MS : 0;
  await proxy.set(kind === 'silent' || kind === 'cut' ? kind : 'up');
}

async function startAll({ count, exposed = 0, serving }: Asked<'start'>): Promise<readonly string[]> {
  for (let index = 0; index < count; index++) members.push(await startMember(index, serving, index < exposed));
  return members.map(({ url }) => url);
}

async function keysUnder(prefix: string): Promise<number> {
  const lists = await Promise.all(members.map(({ storage }) => storage.list(prefix)));
  return lists.reduce((sum, { items }) => sum + items.length, 0);
}

async function lose(key: string): Promise<number> {
  for (const { storage } of members) {
    const kv = await storage.get(key);
    if (kv !== undefined) await storage.delete(key, kv.modRevision);
  }
  return members.length;
}

/** What is told at once; `created` tells what is waited for. */
function valueOf(question: Exclude<MembersQuestion, { ask: 'await' }>): Promise<unknown> {
  switch (question.ask) {
    case 'start':
      return startAll(question);
    case 'trouble':
      return trouble(question);
    case 'writes':
      return Promise.resolve(members.reduce((sum, { storage }) => sum + storage.writes, 0));
    case 'keys':
      return keysUnder(question.prefix);
    case 'lose':
      return lose(question.key);
  }
}

async function answer(question: MembersQuestion): Promise<void> {
  const { id } = question;
  if (question.ask !== 'await') {
    tell({ id, value: await valueOf(question) });
    return;
  }
  const among = question.among && new Set(question.among);
  awaited.set(question.key, { id, among, left: among?.size ?? members.length });
}

process.on('message', (question: MembersQuestion) => void answer(question));
process.on('disconnect', () => process.exit());
