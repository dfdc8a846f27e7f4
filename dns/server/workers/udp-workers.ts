import { aborted, type Logger, type Registry } from '../../../src/component-base/index.ts';
import type { ChangingPlaces } from '../../choice/index.ts';
import type { ZoneSource } from '../../zone/index.ts';
import { ListenError } from '../listen-error.ts';
import type { MessageHandler } from '../message-handler.ts';
import { latestOf } from '../query-log.ts';
import type { UdpDeps } from '../udp-deps.ts';
import { bindUdp, type UdpListener } from '../udp-listener.ts';
import { addCounts } from './counted-since.ts';
import type { FromWorker, WorkerStart } from './worker-protocol.ts';
import { WorkerThread } from './worker-thread.ts';
import { ZoneFeed } from './zone-feed.ts';

export { workerGuard } from './worker-guard.ts';

export interface UdpWorkersOptions extends Omit<WorkerStart, 'places' | 'opcodes'> {
  /** How many threads. */
  readonly count: number;
  readonly zones: ZoneSource;
  readonly places: ChangingPlaces;
  readonly messages: MessageHandler | undefined;
  readonly metrics: Registry | undefined;
  readonly log: Logger;
}

/**
 * Threads that share a port, each with its own copy of the zones; the system gives each client's packets to one of them.
 * Throws `ListenError`.
 */
export async function bindUdpWorkers(options: UdpWorkersOptions): Promise<UdpListener> {
  const { count, zones, places, messages, metrics, log, host, port, ...start } = options;
  // Those who share a port do not see that somebody else has it.
  const probe = await bindUdp({ host, port, batchedBy: [] });
  await probe.close();
  const serving: { answer?: (message: PassedOn, thread: WorkerThread) => Promise<void> } = {};
  const workerStart = { ...start, host, port: probe.port, ...opcodesOf(messages), places: placesOf(places) };
  const threads = Array.from({ length: count }, () => {
    return new WorkerThread(workerStart, {
      log,
      onCounted: (counts) => {
        addCounts(metrics, counts);
      },
      onMessage: (message, thread) => {
        void serving.answer?.(message, thread);
      },
    });
  });
  const feeds = threads.map(
    (thread) =>
      new ZoneFeed(zones, (message) => {
        thread.post(message);
      }),
  );
  const forget = places.onLearn((learned) => {
    for (const thread of threads) thread.post({ kind: 'places', learned });
  });
  const close = async () => {
    forget();
    for (const feed of feeds) feed[Symbol.dispose]();
    await Promise.allSettled(threads.map((thread) => thread.stop()));
  };
  try {
    for (const thread of threads) thread.post({ kind: 'places', learned: places.learned() });
    await Promise.all(feeds.map((feed) => feed.settled()));
    for (const thread of threads) thread.post({ kind: 'listen' });
    await Promise.all(threads.map(({ listening }) => listening));
  } catch (err) {
    await close();
    throw new ListenError('udp', host, port, err);
  }
  return {
    port: probe.port,
    recentQueries: async (limit, name) =>
      latestOf(await Promise.all(threads.map((thread) => thread.recentQueries(limit, name))), limit),
    serve: async (deps, signal) => {
      serving.answer = passedOn(messages, deps, signal);
      try {
        await oneEndsOr(signal, threads);
      } finally {
        await close();
      }
    },
    close,
  };
}

/** Until `signal` aborts; rejects when a thread ends before. */
async function oneEndsOr(signal: AbortSignal, threads: readonly WorkerThread[]): Promise<void> {
  await Promise.race([aborted(signal), ...threads.map(({ ended }) => ended)]);
  if (!signal.aborted) throw new Error('a thread of the DNS server ended');
}

type PassedOn = Extract<FromWorker, { kind: 'message' }>;

const opcodesOf = (messages: MessageHandler | undefined) =>
  messages === undefined ? {} : { opcodes: [...messages.opcodes] };

function placesOf({ options: { configured = [], geo } }: ChangingPlaces): WorkerStart['places'] {
  if (geo === undefined) return { configured };
  if (geo.options === undefined) throw new TypeError('threads can only use a database of places that they can open');
  return { configured, geo: geo.options };
}

/** Answers what threads pass on. */
function passedOn(messages: MessageHandler | undefined, { respond, log }: UdpDeps, signal: AbortSignal) {
  return async ({ id, packet, header, questionType, client }: PassedOn, thread: WorkerThread): Promise<void> => {
    const source = { transport: 'udp', client } as const;
    const plainly = async (plain: Buffer) => respond(plain, source, signal);
    const message = { packet: Buffer.from(packet), header, questionType, source };
    let answer: Buffer | undefined;
    try {
      answer = await messages?.answer(message, plainly, signal);
    } catch (err) {
      if (!signal.aborted) log.error({ err, client }, 'dns message not answered');
    }
    if (!signal.aborted) thread.post({ kind: 'answer', id, packet: answer });
  };
}
