import { Worker } from 'node:worker_threads';
import { untilAborted, withDeadline, type Logger } from '../../../src/component-base/index.ts';
import type { LoggedQuery } from '../query-log.ts';
import type { CountedSince, FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

/** In the bundle it stands under this name beside the file that has this module. */
const file = import.meta.url.endsWith('.ts') ? './udp-worker.ts' : './dns-udp-worker.js';

const PATIENCE_MS = 1000;

export interface WorkerThreadDeps {
  readonly log: Logger;
  readonly onCounted: (counts: readonly CountedSince[]) => void;
  readonly onMessage: (message: Extract<FromWorker, { kind: 'message' }>, thread: WorkerThread) => void;
}

/** One thread that answers over UDP, seen from the thread that made it. */
export class WorkerThread {
  /** Resolves when it listens; rejects with an error that has a `code` when it cannot. */
  readonly listening: Promise<undefined>;
  /** Resolves when the thread has ended; rejects when it failed. */
  readonly ended: Promise<undefined>;
  readonly #worker: Worker;
  readonly #deps: WorkerThreadDeps;
  readonly #listening = Promise.withResolvers<undefined>();
  readonly #ended = Promise.withResolvers<undefined>();
  readonly #asked = new Map<number, PromiseWithResolvers<readonly LoggedQuery[]>>();
  #lastAsked = 0;

  constructor(start: WorkerStart, deps: WorkerThreadDeps) {
    this.#deps = deps;
    this.listening = this.#listening.promise;
    this.ended = this.#ended.promise;
    // Whoever waits for neither still has it of the other.
    this.listening.catch(() => undefined);
    this.ended.catch(() => undefined);
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: start });
    this.#worker.on('message', (message: FromWorker) => {
      this.#take(message);
    });
    this.#worker.on('error', (err) => {
      this.#fail(err);
    });
    this.#worker.on('exit', () => {
      this.#listening.reject(new Error('the thread of the DNS server ended before it listened'));
      this.#ended.resolve(undefined);
    });
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  /** The latest questions that it has noted. Rejects when it does not say within a second. */
  async recentQueries(limit: number, name: string | undefined): Promise<readonly LoggedQuery[]> {
    const id = ++this.#lastAsked;
    const asked = Promise.withResolvers<readonly LoggedQuery[]>();
    this.#asked.set(id, asked);
    this.post({ kind: 'recent', id, limit, name });
    try {
      return await untilAborted(asked.promise, withDeadline(PATIENCE_MS));
    } catch (err) {
      throw new Error('a thread of the DNS server does not say which questions it has noted', { cause: err });
    } finally {
      this.#asked.delete(id);
    }
  }

  async stop(): Promise<void> {
    this.post({ kind: 'stop' });
    await this.ended;
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case 'listening':
        this.#listening.resolve(undefined);
        return;
      case 'cannot listen':
        this.#listening.reject(Object.assign(new Error('a thread cannot listen'), { code: message.code }));
        return;
      case 'failed':
        this.#fail(message.error);
        return;
      case 'counted':
        this.#deps.onCounted(message.counts);
        return;
      case 'log':
        logLine(this.#deps.log, message.line);
        return;
      case 'recent':
        this.#asked.get(message.id)?.resolve(message.queries);
        return;
      case 'message':
        this.#deps.onMessage(message, this);
    }
  }

  #fail(err: unknown): void {
    this.#listening.reject(err);
    this.#ended.reject(err);
  }
}

type Level = 'debug' | 'info' | 'warn' | 'error';

function logLine(log: Logger, line: string): void {
  // @NOTE a line of the logger in the other thread, which has these.
  const { level, msg, time: _, ...fields } = JSON.parse(line) as { level: Level; msg: string; time: string };
  log[level](fields, msg);
}
