import * as apis from '../../../src/apis/index.ts';
import { createApiServer, type SecureServing } from '../../../src/apiserver/index.ts';
import { createMetrics, silentLogger, start, systemClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { Counted } from './counted-storage.ts';
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
const storages: Counted[] = [];
/** How many members have a key that is waited for, and whom to tell when all have. */
const awaited = new Map<string, { left: number; readonly id: number }>();

const tell = (answer: MembersAnswer) => process.send?.(answer);

function created(key: string): void {
  const waiting = awaited.get(key);
  if (waiting === undefined || --waiting.left > 0) return;
  awaited.delete(key);
  tell({ id: waiting.id, value: performance.timeOrigin + performance.now() });
}

async function startMember(serving: SecureServing): Promise<string> {
  const storage = new Counted(createMemoryStorage({ clock }), created);
  storages.push(storage);
  const server = createApiServer({ resources, storage, types: apis.typeTable, clock, log, metrics: createMetrics() });
  const listener = server.listener(serving);
  await start([listener]);
  const own = server.client({ username: 'bench', groups: ['system:masters'] });
  for (const name of ['default', 'kube-system']) await own.create(apis.namespaces, { metadata: { name } });
  return listener.url;
}

async function answer(question: MembersQuestion): Promise<void> {
  const { id } = question;
  switch (question.ask) {
    case 'start': {
      const urls: string[] = [];
      for (let i = 0; i < question.count; i++) urls.push(await startMember(question.serving));
      return void tell({ id, value: urls });
    }
    case 'writes':
      return void tell({ id, value: storages.reduce((sum, { writes }) => sum + writes, 0) });
    case 'keys': {
      const lists = await Promise.all(storages.map((storage) => storage.list(question.prefix)));
      return void tell({ id, value: lists.reduce((sum, { items }) => sum + items.length, 0) });
    }
    case 'await':
      return void awaited.set(question.key, { left: storages.length, id });
    case 'lose': {
      for (const storage of storages) {
        const kv = await storage.get(question.key);
        if (kv !== undefined) await storage.delete(question.key, kv.modRevision);
      }
      return void tell({ id, value: storages.length });
    }
  }
}

process.on('message', (question: MembersQuestion) => void answer(question));
process.on('disconnect', () => process.exit());
