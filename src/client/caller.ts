import { isStatusError, parseJson } from '../apimachinery/index.ts';
import type { Clock } from '../component-base/index.ts';
import type { CallContext } from './client.ts';
import { errorOf, readText, retryAfter } from './answers.ts';
import { BROKEN_OFF, NEVER_SERVED } from './stream-fate.ts';
import type { Transport, TransportResponse } from './transport.ts';

export interface CallerOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly url: URL;
  readonly userAgent: string;
  readonly token: string | (() => Promise<string>) | undefined;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly context?: CallContext | undefined;
}

const ATTEMPTS = 5;
const LONGEST_RETRY_AFTER_SECONDS = 10;
/** A server that refuses twice is busy, or about to go. */
const REPEAT_MS = 20;
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE']);

/** HTTP as the API speaks it: deadlines, retries, and errors that say what the server said. */
export class Caller {
  readonly #transport: Transport;
  readonly #options: CallerOptions;
  /** Before every path, where the API is not at the root. */
  readonly #base: string;

  constructor(transport: Transport, options: CallerOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#base = options.url.pathname.replace(/\/$/, '');
  }

  /** The answer's body. It is for the one who calls to know that it is a T: the API serves what the path names. */
  async json<T>(call: Call, signal?: AbortSignal): Promise<T> {
    // @NOTE said above.
    return parseJson(await this.text(call, signal)) as T;
  }

  async text(call: Call, signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    using deadline = deadlineOf(this.#options, signal);
    try {
      return await this.#insist(call, deadline.signal);
    } catch (err) {
      signal?.throwIfAborted();
      throw this.describe(deadline.signal.aborted ? deadline.signal.reason : err, call);
    }
  }

  /** The body of a 2xx answer, as it comes. */
  async stream(path: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    signal.throwIfAborted();
    const { clock, timeoutMs } = this.#options;
    const late = new AbortController();
    const cancel = clock.after(timeoutMs, () => {
      late.abort(lateness(timeoutMs));
    });
    try {
      const response = await this.#send({ method: 'GET', path }, AbortSignal.any([signal, late.signal]));
      if (isSuccess(response)) return response.body;
      throw errorOf(response, await readText(response));
    } catch (err) {
      signal.throwIfAborted();
      throw this.describe(err, { method: 'WATCH', path });
    } finally {
      cancel();
    }
  }

  /** An error of the connection as one that says what was tried. */
  describe(err: unknown, { method, path }: { readonly method: string; readonly path: string }): Error {
    if (isStatusError(err)) return err;
    const why = err instanceof Error ? err.message : String(err);
    const where = `${this.#options.url.origin}${this.#base}${path.replace(/\?.*/, '')}`;
    return new Error(`${method} ${where}: ${why}`, { cause: err });
  }

  async #insist(call: Call, signal: AbortSignal): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await this.#send(call, signal);
        const text = await readText(response);
        if (isSuccess(response)) return text;
        const seconds = attempt < ATTEMPTS ? secondsUntilRetry(call, response) : undefined;
        if (seconds === undefined) throw errorOf(response, text);
        await this.#options.clock.sleep(seconds * 1000, signal);
      } catch (err) {
        if (attempt >= ATTEMPTS || signal.aborted || !mayRepeat(call, err, attempt)) throw err;
        if (attempt > 1) await this.#options.clock.sleep(REPEAT_MS * attempt, signal);
      }
    }
  }

  async #send(call: Call, signal: AbortSignal): Promise<TransportResponse> {
    const { method, path, body, contentType, accept, context } = call;
    const { token, userAgent } = this.#options;
    const bearer = typeof token === 'function' ? await token() : token;
    const content = body === undefined ? undefined : JSON.stringify(body);
    return this.#transport.request({
      method,
      path: this.#base + path,
      signal,
      headers: {
        accept: accept ?? 'application/json',
        'user-agent': userAgent,
        ...(context === undefined ? {} : contextHeaders(context)),
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(content === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
      },
      ...(content === undefined ? {} : { body: content }),
    });
  }
}

function contextHeaders({ auditId, traceparent }: CallContext): Record<string, string> {
  return {
    ...(auditId === undefined ? {} : { 'audit-id': auditId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

function isSuccess({ status }: TransportResponse): boolean {
  return status >= 200 && status < 300;
}

function lateness(ms: number): Error {
  return new Error(`no answer within ${ms} ms`);
}

/** After how long a server that is busy may be asked again; `undefined`: not at all. */
function secondsUntilRetry({ method }: Call, response: TransportResponse): number | undefined {
  if (!IDEMPOTENT.has(method) || (response.status !== 429 && response.status !== 503)) return undefined;
  const seconds = retryAfter(response);
  return seconds === undefined ? undefined : Math.min(seconds, LONGEST_RETRY_AFTER_SECONDS);
}

/** Whatever the server refused to look at, or never got, is sent again; of the rest only reads, and once. */
function mayRepeat({ method }: Call, err: unknown, attempt: number): boolean {
  if (!(err instanceof Error) || !('code' in err)) return false;
  switch (err.code) {
    case NEVER_SERVED:
    case 'ERR_HTTP2_GOAWAY_SESSION':
    case 'ERR_HTTP2_INVALID_SESSION':
      return true;
    case BROKEN_OFF:
    case 'UND_ERR_SOCKET':
      return method === 'GET' && attempt === 1;
    default:
      return false;
  }
}

interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/** A signal that aborts with `parent` or when the call takes too long; disposed, it holds on to neither. */
function deadlineOf({ clock, timeoutMs }: CallerOptions, parent: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const onAbort = () => {
    controller.abort(parent?.reason);
  };
  parent?.addEventListener('abort', onAbort, { once: true });
  const cancel = clock.after(timeoutMs, () => {
    controller.abort(lateness(timeoutMs));
  });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      cancel();
      parent?.removeEventListener('abort', onAbort);
    },
  };
}
