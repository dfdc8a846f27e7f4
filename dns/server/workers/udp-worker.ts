import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { createLogger, createMetrics, systemClock as clock, type Registry } from '../../../src/component-base/index.ts';
import { createPlaces, openGeo, type ChangingPlaces } from '../../choice/index.ts';
import { createAnswering } from '../answering.ts';
import { createDnsMetrics } from '../dns-metrics.ts';
import { ListenError } from '../listen-error.ts';
import { QueryLog } from '../query-log.ts';
import type { UdpDeps } from '../udp-deps.ts';
import { bindUdp, type UdpListener } from '../udp-listener.ts';
import { countedSince } from './counted-since.ts';
import { PassedOnMessages } from './passed-on-messages.ts';
import { ReplicaZones } from './replica-zones.ts';
import { guardOf } from './worker-guard.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

const COUNT_EVERY_MS = 1000;

type Post = (message: FromWorker) => void;

interface Told {
  readonly zones: ReplicaZones;
  readonly places: ChangingPlaces;
  readonly messages: PassedOnMessages | undefined;
  readonly tellRecent: (id: number, limit: number, name: string | undefined) => void;
  readonly listen: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** A thread that answers over UDP from its own copy of the zones. The thread that made it has all else of the server. */
async function work(start: WorkerStart, parent: MessagePort): Promise<void> {
  const post: Post = (message) => {
    parent.postMessage(message);
  };
  const write = (line: string) => {
    post({ kind: 'log', line });
  };
  const log = createLogger({ destination: { write } });
  const { idleMs, identity, cookies = false as const, opcodes, queryLogSize } = start;
  const { configured, geo } = start.places;
  const zones = new ReplicaZones();
  const places = createPlaces({ configured, ...(geo === undefined ? {} : { geo: await openGeo(geo, log) }) });
  const messages = opcodes === undefined ? undefined : new PassedOnMessages(opcodes, post);
  const registry = createMetrics();
  const metrics = createDnsMetrics(registry);
  const queryLog = queryLogSize === undefined ? undefined : new QueryLog(queryLogSize);
  const guard = { identity, cookies, ...guardOf(start.guard) };
  const content = {
    zones,
    places,
    ...guard,
    clock,
    log,
    metrics: registry,
    ...(messages && { messages }),
    ...(queryLog && { queryLog }),
  };
  const { respond, quick, stop } = createAnswering(content, metrics, idleMs);
  const ending = new AbortController();
  const fail = (error: unknown) => {
    post({ kind: 'failed', error });
  };
  const counting = startCounting(registry, { post, fail });
  const told: Told = {
    zones,
    places,
    messages,
    tellRecent: (id, limit, name) => {
      post({ kind: 'recent', id, queries: queryLog?.recent(limit, name) ?? [] });
    },
    listen: () => listen(start, { respond, quick, metrics, log }, { post, signal: ending.signal }),
    end: async () => {
      ending.abort();
      stop();
      await counting.end();
      parent.close();
    },
  };
  parent.on('message', (message: ToWorker) => {
    take(message, told, fail);
  });
}

function take(
  message: ToWorker,
  { zones, places, messages, tellRecent, listen, end }: Told,
  fail: (err: unknown) => void,
): void {
  switch (message.kind) {
    case 'zone':
      zones.begin(message.options, message.serial);
      return;
    case 'sets':
      zones.add(message.sets);
      return;
    case 'whole':
      zones.finish();
      return;
    case 'change':
      zones.change(message.zone, message.deltas);
      return;
    case 'gone':
      zones.remove(message.zone);
      return;
    case 'places':
      places.learn(message.learned);
      return;
    case 'listen':
      listen().catch(fail);
      return;
    case 'recent':
      tellRecent(message.id, message.limit, message.name);
      return;
    case 'answer':
      messages?.answered(message.id, message.packet);
      return;
    case 'stop':
      end().catch(fail);
  }
}

interface Listening {
  readonly post: Post;
  readonly signal: AbortSignal;
}

async function listen(
  { host, port, batchedBy }: WorkerStart,
  deps: UdpDeps,
  { post, signal }: Listening,
): Promise<void> {
  let listener: UdpListener;
  try {
    listener = await bindUdp({ host, port, batchedBy, reusePort: true });
  } catch (err) {
    if (!(err instanceof ListenError)) throw err;
    post({ kind: 'cannot listen', code: err.code });
    return;
  }
  post({ kind: 'listening' });
  await listener.serve(deps, signal);
}

interface CountingDeps {
  readonly post: Post;
  readonly fail: (err: unknown) => void;
}

/** Tells each second what was counted, and once more at the end. */
function startCounting(registry: Registry, { post, fail }: CountingDeps) {
  const since = countedSince(registry);
  const count = async () => {
    post({ kind: 'counted', counts: await since() });
  };
  let hasEnded = false;
  let cancel: () => void;
  const again = () => {
    if (hasEnded) return;
    cancel = clock.after(COUNT_EVERY_MS, () => {
      count().then(again, fail);
    });
  };
  again();
  return {
    end: async () => {
      hasEnded = true;
      cancel();
      await count();
    },
  };
}

if (parentPort === null) throw new TypeError('this is for a thread of its own');
// @NOTE whoever makes the thread gives it just that.
await work(workerData as WorkerStart, parentPort);
