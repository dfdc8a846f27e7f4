import type { ClientHttp2Session } from 'node:http2';
import { configMaps, namespaces, pods, type ConfigMap, type Pod } from '../../src/apis/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import type { NewObject } from '../../src/client/index.ts';
import { ApiServerUnderTest } from './api-server-under-test.ts';
import { h2load, hasH2load, type Measured } from './h2load.ts';
import { median, ms, quantile, type Figure, type Section } from './report.ts';

const SECONDS = 2;
const ROUNDS = 3;
const REST_MS = 5_000;
/** Memory is given back by and by. */
const REST_AFTER_LOAD_MS = 30_000;
const CONFIG_MAPS = 10_000;
const PODS = 5_000;
const LIST_RUNS = 15;
const namespace = 'default';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

function configMap(name: string): NewObject<ConfigMap> {
  return { metadata: { name, namespace }, data: { value: 'x'.repeat(900) } };
}

function pod(name: string): NewObject<Pod> {
  const env = Array.from({ length: 8 }, (_, i) => ({ name: `VARIABLE_${i}`, value: `value-${i}` }));
  const container = { name: 'web', image: 'registry.example/web:1.0', ports: [{ containerPort: 8080 }], env };
  return { metadata: { name, namespace, labels: { app: 'web', tier: 'front' } }, spec: { containers: [container] } };
}

interface Row {
  readonly what: string;
  readonly streams: number;
  readonly path: string;
  readonly body?: unknown;
  /** What kube-apiserver 1.20 with etcd 3.4 did on this machine. */
  readonly peer?: string;
  readonly goal?: { readonly perSecond: number; readonly p99Ms?: number };
}

const MAPS = `/api/v1/namespaces/${namespace}/configmaps`;
const READ = 'read';
const unnamed = <T extends NewObject<ConfigMap | Pod>>(object: T, kind: string) => {
  const { name: _name, ...metadata } = object.metadata;
  return { apiVersion: 'v1', kind, ...object, metadata: { ...metadata, generateName: 'create-' } };
};
const newConfigMap = { path: MAPS, body: unnamed(configMap(''), 'ConfigMap') };
const newPod = { path: `/api/v1/namespaces/${namespace}/pods`, body: unnamed(pod(''), 'Pod') };
const read = { path: `${MAPS}/${READ}` };

const rows: readonly Row[] = [
  { what: 'ConfigMap creates', streams: 1, ...newConfigMap, peer: '411/s, p99 4 ms', goal: { perSecond: 1000 } },
  { what: 'ConfigMap creates', streams: 16, ...newConfigMap, peer: '1130/s, p99 37 ms', goal: { perSecond: 4000 } },
  {
    what: 'ConfigMap creates',
    streams: 64,
    ...newConfigMap,
    peer: '1197/s, p99 118 ms',
    goal: { perSecond: 6000, p99Ms: 25 },
  },
  { what: 'Pod creates', streams: 1, ...newPod, peer: '244/s' },
  { what: 'Pod creates', streams: 16, ...newPod, peer: '797/s' },
  { what: 'Pod creates', streams: 64, ...newPod, peer: '663/s' },
  { what: 'gets', streams: 1, ...read, peer: '498/s' },
  { what: 'gets', streams: 16, ...read, peer: '1529/s', goal: { perSecond: 10_000 } },
  { what: 'gets', streams: 64, ...read, peer: '1512/s', goal: { perSecond: 10_000 } },
];

function throughput({ what, streams, peer, goal }: Row, rounds: readonly Measured[]): Figure {
  const [perSecond, medianMs, p99] = [
    median(rounds.map((round) => round.perSecond)),
    median(rounds.map((round) => round.medianMs)),
    median(rounds.map((round) => round.p99Ms)),
  ];
  const figure = {
    what: `${what}, ${streams} at once${peer === undefined ? '' : ` (kube-apiserver: ${peer})`}`,
    value: `${Math.round(perSecond)}/s, median ${ms(medianMs)}, p99 ${ms(p99)}`,
  };
  if (goal === undefined) return figure;
  const { perSecond: wanted, p99Ms } = goal;
  return {
    ...figure,
    goal: `≥ ${wanted}/s${p99Ms === undefined ? '' : `, p99 ≤ ${p99Ms} ms`}`,
    met: perSecond >= wanted && p99 <= (p99Ms ?? Infinity),
  };
}

/** Every row in turn, and that several times: the first round is not counted. */
async function throughputs(server: ApiServerUnderTest): Promise<readonly Figure[]> {
  if (!hasH2load()) return [{ what: 'requests', value: 'not measured: h2load (nghttp2-client) is not installed' }];
  await server.client.create(configMaps, configMap(READ));
  const rounds = rows.map((): Measured[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, { path, streams, body }] of rows.entries()) {
      const measured = await h2load({ url: server.url + path, token: server.token, streams, seconds: SECONDS, body });
      if (round > 0) rounds[index]?.push(measured);
    }
  }
  return rows.map((row, index) => throughput(row, rounds[index] ?? []));
}

function atMost(what: string, value: number, goal: number, unit: string): Figure {
  return { what, value: `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`, goal: `≤ ${goal} ${unit}`, met: value <= goal };
}

/** A process that is nothing but an API server: its start, its memory, its speed. */
export async function apiServerProcess(): Promise<Section> {
  await using server = await ApiServerUnderTest.start();
  const starts: number[] = [];
  for (let run = 0; run < 5; run++) {
    await server.stop();
    starts.push(await server.launch());
  }
  await server.client.create(namespaces, { metadata: { name: namespace } });
  await systemClock.sleep(REST_MS);
  const figures = [
    atMost('start to /readyz, median (kube-apiserver: 7.2 s)', median(starts), 400, 'ms'),
    atMost('memory at rest (kube-apiserver and etcd: 320 + 45 MB)', server.memoryMb(), 90, 'MB'),
    ...(await throughputs(server)),
  ];
  return {
    title: 'An API server by itself',
    method: `One process with embedded storage and watch cache, TLS on; the load comes from nghttp2's h2load, ${SECONDS} s each, in ${ROUNDS} rounds after one to warm up, of which the median counts. ConfigMaps of 1 KB, Pods of a container. Creates are durable when answered. In brackets kube-apiserver 1.20 with etcd 3.4 on this machine.`,
    figures,
  };
}

async function fill(server: ApiServerUnderTest): Promise<void> {
  const { client } = server;
  await client.create(namespaces, { metadata: { name: namespace } });
  const BATCH = 50;
  for (let i = 0; i < CONFIG_MAPS; i += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, (_, j) => client.create(configMaps, configMap(`listed-${i + j}`))));
  }
  for (let i = 0; i < PODS; i += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, (_, j) => client.create(pods, pod(`listed-${i + j}`))));
  }
}

interface ListCase {
  readonly what: string;
  readonly path: string;
  readonly accept?: string;
  readonly goalMs?: number;
}

const lists: readonly ListCase[] = [
  {
    what: '10,000 ConfigMaps (kube-apiserver: 208 ms, 142 from its cache)',
    path: '/api/v1/namespaces/default/configmaps',
    goalMs: 60,
  },
  {
    what: '5,000 Pods (kube-apiserver: 249 ms, 174 from its cache)',
    path: '/api/v1/namespaces/default/pods',
    goalMs: 60,
  },
  {
    what: '10,000 ConfigMaps as a table (kube-apiserver: 323 ms)',
    path: '/api/v1/namespaces/default/configmaps',
    accept: TABLE,
  },
  { what: '5,000 Pods as a table (kube-apiserver: 305 ms)', path: '/api/v1/namespaces/default/pods', accept: TABLE },
  { what: '500 of 10,000 ConfigMaps', path: '/api/v1/namespaces/default/configmaps?limit=500' },
];

async function listed(server: ApiServerUnderTest, session: ClientHttp2Session, list: ListCase): Promise<Figure> {
  const first = await server.fetch(session, list.path, list.accept);
  const times: number[] = [];
  const cpuMs = server.cpuMs();
  for (let run = 0; run < LIST_RUNS; run++) times.push((await server.fetch(session, list.path, list.accept)).ms);
  const cpu = (server.cpuMs() - cpuMs) / LIST_RUNS;
  const value = `median ${ms(median(times))}, first ${ms(first.ms)}, ${ms(cpu)} of CPU, ${(first.bytes / 1e6).toFixed(1)} MB`;
  if (list.goalMs === undefined) return { what: list.what, value };
  return { what: list.what, value, goal: `≤ ${list.goalMs} ms`, met: median(times) <= list.goalMs };
}

/** Whole lists, to the last byte over TLS and not parsed. */
export async function wholeLists(): Promise<Section> {
  await using server = await ApiServerUnderTest.start();
  await fill(server);
  const session = server.session();
  const figures: Figure[] = [];
  for (const list of lists) figures.push(await listed(server, session, list));
  session.close();
  await systemClock.sleep(REST_AFTER_LOAD_MS);
  const what = 'memory with them (kube-apiserver and etcd: 432 + 100 MB)';
  figures.push(atMost(what, server.memoryMb(), 200, 'MB'));
  await server.stop();
  figures.push(atMost('start to /readyz with them', await server.launch(), 400, 'ms'));
  await systemClock.sleep(REST_AFTER_LOAD_MS);
  figures.push(atMost('memory after a restart with them', server.memoryMb(), 200, 'MB'));
  return {
    title: 'Lists',
    method: `The same process with 10,000 ConfigMaps of 1 KB and 5,000 Pods; from the request to the last byte in the other process, ${LIST_RUNS} times, answers not compressed. Memory is that of ${REST_AFTER_LOAD_MS / 1000} s later.`,
    figures,
  };
}

const WATCHERS = 1_000;
const SESSIONS = 10;
const CHANGES = 200;
const CHANGE_INTERVAL_MS = 100;
const WRITERS = 16;
const CHANGES_AT_ONCE = 400;

/** Watches of all ConfigMaps, over few connections, of which every event is read. */
class Watches {
  readonly sent = new Map<string, number>();
  readonly delays: number[] = [];
  readonly #sessions: readonly ClientHttp2Session[];

  constructor(server: ApiServerUnderTest) {
    this.#sessions = Array.from({ length: SESSIONS }, () => server.session());
  }

  async open(): Promise<void> {
    const path = '/api/v1/configmaps?watch=true';
    const opened = Array.from({ length: WATCHERS }, async (_, i) => {
      const stream = this.#sessions[i % SESSIONS]?.request({ ':path': path, accept: 'application/json' });
      let rest = '';
      stream?.on('data', (chunk: Buffer) => {
        const now = performance.now();
        const lines = (rest + chunk.toString('latin1')).split('\n');
        rest = lines.pop() ?? '';
        for (const [, name = ''] of lines.join('\n').matchAll(/"name":"(changed-\d+)"/g)) {
          this.delays.push(now - (this.sent.get(name) ?? now));
        }
      });
      await new Promise((resolve) => stream?.once('response', resolve));
    });
    await Promise.all(opened);
  }

  /** Until every watch has told of so many changes. */
  async told(changes: number): Promise<void> {
    const wanted = changes * WATCHERS;
    for (let waits = 0; this.delays.length < wanted && waits < 100; waits++)
      await systemClock.sleep(CHANGE_INTERVAL_MS);
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
  }
}

/** Many watches of one kind: what a change costs, and how soon it is told. */
export async function watchers(): Promise<Section> {
  await using server = await ApiServerUnderTest.start();
  await server.client.create(namespaces, { metadata: { name: namespace } });
  const watches = new Watches(server);
  await watches.open();
  await systemClock.sleep(1_000);
  let change = 0;
  const write = async () => {
    const name = `changed-${change++}`;
    watches.sent.set(name, performance.now());
    await server.client.create(configMaps, configMap(name));
  };
  /** Of the server, in microseconds, for each delivery until all that was written is told. */
  const cost = async (writing: () => Promise<unknown>) => {
    const [before, cpuMs] = [change, server.cpuMs()];
    await writing();
    await watches.told(change);
    return ((server.cpuMs() - cpuMs) * 1000) / ((change - before) * WATCHERS);
  };
  const paced = await cost(async () => {
    while (change < CHANGES) await Promise.all([write(), systemClock.sleep(CHANGE_INTERVAL_MS)]);
  });
  const { length: deliveries } = watches.delays;
  const delays = [...watches.delays];
  const atOnce = await cost(() =>
    Promise.all(
      Array.from({ length: WRITERS }, async () => {
        while (change < CHANGES + CHANGES_AT_ONCE) await write();
      }),
    ),
  );
  const wanted = change * WATCHERS;
  const { length: all } = watches.delays;
  watches.close();
  return {
    title: 'Watchers',
    method: `${WATCHERS} watches of ConfigMaps over ${SESSIONS} connections; ${CHANGES} creates, one each ${CHANGE_INTERVAL_MS} ms, then ${CHANGES_AT_ONCE} by ${WRITERS} writers without a pause. From the request to the event in the other process, which reads them all. The CPU is all that the server took meanwhile, the creates among it; between single changes it falls asleep, and to wake up is not free.`,
    figures: [
      { what: 'deliveries', value: `${all} of ${wanted}`, goal: 'all', met: all === wanted },
      atMost(`server CPU a delivery, ${WRITERS} writers`, atOnce, 5, 'µs'),
      { what: `server CPU a delivery, a change each ${CHANGE_INTERVAL_MS} ms`, value: `${paced.toFixed(1)} µs` },
      atMost(
        `create → event, a change each ${CHANGE_INTERVAL_MS} ms, p99 of ${deliveries}`,
        quantile(delays, 0.99),
        50,
        'ms',
      ),
      { what: 'create → event, median', value: ms(median(delays)) },
    ],
  };
}
