import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { pipeline } from 'node:stream/promises';
import { Readable, type Duplex, type Writable } from 'node:stream';
import { gzip } from 'node:zlib';
import { badRequest, statusError, tooManyRequests } from '../../apimachinery/index.ts';
import { untilAborted, type Clock, type Logger } from '../../component-base/index.ts';
import { BODY_TYPES, unsupportedMediaType } from '../decoding/body-reader.ts';
import type { PassedAnswer } from '../streaming/proxy-answer.ts';
import type { ApiAnswer, ApiRequest, CompleteAnswer, StreamingAnswer } from './api-request.ts';
import { PeerCertificates, sourceIpsOf } from './credentials.ts';
import type { ConnectionMetrics, RefusalReason } from './connection-metrics.ts';
import { failureAnswer, requestTimedOut } from './failure.ts';
import type { Handled, Handler } from './handler.ts';
import { identityHeaders, type IdentityHeaders } from './identity-headers.ts';
import { requestTimeoutMs } from './request-timeout.ts';
import type { ServingLimits } from './serving-limits.ts';
import { takeSocketToken } from './socket-token.ts';
import { StreamWriter, type StreamTarget } from './stream-writer.ts';
import { warningHeaders } from './warning-headers.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What is used of fastify's request; `raw` is that below it, of HTTP/1.1 or HTTP/2. */
export interface Incoming {
  readonly raw: {
    readonly method?: string | undefined;
    readonly url?: string | undefined;
    readonly headers: Headers;
    readonly rawHeaders: readonly string[];
    readonly socket: unknown;
    readonly httpVersionMajor: number;
  };
  readonly body: unknown;
}

/** What is used of fastify's reply: answers are written below it, which keeps content types as they are. */
export interface Outgoing {
  readonly raw: StreamTarget & {
    readonly headersSent: boolean;
    /** HTTP/2 only. */
    readonly httpVersionMajor?: number;
    writeHead(status: number, headers: Record<string, string | string[]>): unknown;
    end(body: Buffer | string): unknown;
    end(body: string, encoding: 'latin1'): unknown;
    flushHeaders(): void;
    /** HTTP/2 only: what HTTP/1.1 writes to is one itself. */
    toWritable?(): Writable;
    once(event: 'close', listener: () => void): unknown;
    on(event: 'error', listener: (err: Error) => void): unknown;
  };
  hijack(): unknown;
}

export interface ExchangeDeps {
  readonly handler: Handler;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ConnectionMetrics;
  readonly limits: Pick<ServingLimits, 'streams'>;
}

const RETRY_AFTER_SECONDS = 1;
const HEALTH = /^\/(?:healthz|livez|readyz)(?:\/|$)/;
const GZIP_BYTES = 128 * 1024;
/** Up to here a body goes as text, which Node puts behind the headers into one TLS record: a tenth less work. */
const ONE_RECORD_BYTES = 12 * 1024;
/** HTTP/2 says GOAWAY instead. */
const CLOSE = { connection: 'close' };
const NO_BODY = Buffer.alloc(0);

const compress = promisify<Buffer | string, { level: number }, Buffer>(gzip);

/** Carries requests from HTTP to the handler, and its answers back. */
export class HttpExchange {
  readonly #deps: ExchangeDeps;
  readonly #certificates = new PeerCertificates();
  readonly #stop = new AbortController();
  readonly #idle = Promise.withResolvers<undefined>();
  #active = 0;
  #streams = 0;

  constructor(deps: ExchangeDeps) {
    this.#deps = deps;
  }

  async serve(incoming: Incoming, reply: Outgoing): Promise<void> {
    this.#active += 1;
    reply.hijack();
    try {
      await this.#serve(incoming, reply);
    } finally {
      this.#active -= 1;
      this.#checkIdle();
    }
  }

  /** What fastify itself refuses: a body that is too large, or that breaks off. */
  refuse(error: unknown, reply: Outgoing): void {
    reply.hijack();
    if (isBreak(error) || reply.raw.headersSent) return;
    send(reply, failureAnswer(refusal(error), this.#deps.log), {});
  }

  /** Refuses what is still coming, which is waited for no more. */
  refuseSlow(error: unknown, reply: Outgoing): void {
    reply.hijack();
    this.#deps.metrics.refused('slow');
    send(reply, failureAnswer(error, this.#deps.log), reply.raw.httpVersionMajor === 2 ? {} : CLOSE);
  }

  /** Ends all streams, refuses new requests and waits for those being answered, until `signal` aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#stop.abort();
    this.#checkIdle();
    await untilAborted(this.#idle.promise, signal).catch((err: unknown) => {
      this.#deps.log.warn({ err, active: this.#active }, 'requests were cut off');
    });
  }

  #checkIdle(): void {
    if (this.#stop.signal.aborted && this.#active === 0) this.#idle.resolve(undefined);
  }

  /** A request that asks for another protocol on its connection, which Node has let go of. */
  async serveUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { serveUpgrade } = await import('./upgrade.ts');
    const { clock, log, handler } = this.#deps;
    const shown = takeSocketToken(request);
    const incoming: Incoming = { raw: request, body: undefined };
    const target = targetOf(incoming);
    const refusal = this.#refusalOf(target) ?? this.#refusalOfStream();
    this.#active += 1;
    this.#streams += 1;
    try {
      await serveUpgrade(
        { request, socket, head, target },
        {
          clock,
          log,
          stop: this.#stop.signal,
          refusal,
          handle: (life) => {
            const asked = this.#requestOf(incoming, target, life);
            const credentials = () => ({ ...shown, ...asked.credentials() });
            return handler.handle({ ...asked, credentials, isUpgrade: true });
          },
        },
      );
    } finally {
      this.#streams -= 1;
      this.#active -= 1;
      this.#checkIdle();
    }
  }

  async #serve(incoming: Incoming, reply: Outgoing): Promise<void> {
    const target = targetOf(incoming);
    const refused = this.#refusalOf(target);
    if (refused !== undefined) {
      send(reply, refused, this.#connectionHeaders(incoming));
      return;
    }
    const timeoutMs = requestTimeoutMs(target.query);
    if (timeoutMs === undefined) {
      this.refuse(badRequest('invalid timeout specified in the request URL'), reply);
      return;
    }
    const controller = new AbortController();
    let isHandled = false;
    const cancel = this.#deps.clock.after(timeoutMs, () => {
      controller.abort(requestTimedOut());
    });
    reply.raw.once('close', () => {
      if (!isHandled) controller.abort(requestTimedOut());
    });
    try {
      const request = this.#requestOf(incoming, target, { signal: controller.signal, keepOpen: cancel });
      const handled = await this.#deps.handler.handle(request);
      isHandled = true;
      const headers = { ...headersOf(handled), ...this.#connectionHeaders(incoming) };
      if (handled.answer.type === 'complete') send(reply, ...(await encoded(incoming, handled.answer, headers)));
      else await this.#sendRest(reply, { answer: handled.answer, headers, controller });
      handled.ended();
    } finally {
      cancel();
    }
  }

  /** What a server that stops answers to all that asks for more than its health. */
  #refusalOf({ path }: Pick<ApiRequest, 'path'>): CompleteAnswer | undefined {
    if (!this.#stop.signal.aborted || HEALTH.test(path)) return undefined;
    return this.#refusal('stopping', 'The server is shutting down, please try again later.');
  }

  #refusalOfStream(): CompleteAnswer | undefined {
    if (this.#streams < this.#deps.limits.streams) return undefined;
    return this.#refusal('streams', 'Too many watches and other streams are open, please try again later.');
  }

  #refusal(reason: RefusalReason, message: string): CompleteAnswer {
    this.#deps.metrics.refused(reason);
    return failureAnswer(tooManyRequests(message, RETRY_AFTER_SECONDS), this.#deps.log);
  }

  #connectionHeaders({ raw }: Incoming): Readonly<Record<string, string>> {
    return this.#stop.signal.aborted && raw.httpVersionMajor < 2 ? CLOSE : {};
  }

  #requestOf(
    { raw, body }: Incoming,
    target: Pick<ApiRequest, 'path' | 'query'>,
    life: Pick<ApiRequest, 'signal' | 'keepOpen'>,
  ): ApiRequest {
    const { method = 'GET', headers } = raw;
    let identity: IdentityHeaders | undefined;
    const identityOf = () => (identity ??= identityHeaders(raw));
    return {
      method: method.toUpperCase(),
      ...target,
      headers,
      body: Buffer.isBuffer(body) ? body : NO_BODY,
      ...(body instanceof Readable ? { bodyStream: body } : {}),
      sourceIps: () => sourceIpsOf(raw),
      identityHeaders: identityOf,
      credentials: () => this.#certificates.credentialsOf(raw, identityOf),
      ...life,
    };
  }

  async #sendRest(reply: Outgoing, { answer, headers, controller }: Rest): Promise<void> {
    if (answer.type === 'stream') await this.#stream(reply, { answer, headers, controller });
    else if (answer.type === 'passed') await this.#pass(reply, answer, headers);
    else throw new TypeError('a connection can only be had by an upgrade');
  }

  /** As fast as the client takes it. */
  async #pass(reply: Outgoing, answer: PassedAnswer, own: Record<string, string | string[]>): Promise<void> {
    reply.raw.writeHead(answer.status, { ...answer.headers, 'audit-id': own['audit-id'] ?? '' });
    // What is passed on may be a watch, whose client waits for nothing but the headers.
    reply.raw.flushHeaders();
    // @NOTE what is not of HTTP/2 is Node's own response.
    const response = reply.raw.toWritable?.() ?? (reply.raw as unknown as Writable);
    await pipeline(answer.body, response, { signal: this.#stop.signal }).catch(() => {
      response.destroy();
    });
  }

  async #stream(
    reply: Outgoing,
    stream: {
      readonly answer: StreamingAnswer;
      readonly headers: Record<string, string | string[]>;
      readonly controller: AbortController;
    },
  ): Promise<void> {
    const { answer, headers, controller } = stream;
    const refusal = this.#refusalOfStream();
    if (refusal !== undefined) {
      await answer.run(() => undefined, AbortSignal.abort());
      send(reply, refusal, headers);
      return;
    }
    const gone = () => {
      controller.abort(new Error('the client is gone'));
    };
    const { raw } = reply;
    raw.once('close', gone);
    raw.on('error', gone);
    raw.writeHead(200, { ...headers, 'content-type': answer.contentType });
    // Without this the client waits for the first byte of the body to know that its watch stands.
    raw.flushHeaders();
    const writer = new StreamWriter(raw, gone);
    const signal = AbortSignal.any([controller.signal, this.#stop.signal]);
    this.#streams += 1;
    try {
      await answer.run((chunk) => {
        writer.write(chunk);
      }, signal);
    } catch (err) {
      if (!signal.aborted) this.#deps.log.error({ err }, 'stream broke off');
    } finally {
      this.#streams -= 1;
    }
    writer.end();
  }
}

interface Rest {
  readonly answer: Exclude<ApiAnswer, CompleteAnswer>;
  readonly headers: Record<string, string | string[]>;
  readonly controller: AbortController;
}

function targetOf({ raw: { url = '/' } }: Incoming): Pick<ApiRequest, 'path' | 'query'> {
  const mark = url.indexOf('?');
  if (mark < 0) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

/** An answer that is large enough to be worth it, compressed where the client takes that. */
async function encoded(
  { raw }: Incoming,
  answer: CompleteAnswer,
  headers: Record<string, string | string[]>,
): Promise<[CompleteAnswer, Record<string, string | string[]>]> {
  const accepted = raw.headers['accept-encoding'];
  if (answer.body.length <= GZIP_BYTES || !String(accepted).includes('gzip')) return [answer, headers];
  const body = await compress(answer.body, { level: 1 });
  return [
    { ...answer, body },
    { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' },
  ];
}

function send(reply: Outgoing, answer: CompleteAnswer, headers: Record<string, string | string[]>): void {
  const { body, status, contentType } = answer;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const known = { 'content-type': contentType, 'content-length': String(length) };
  reply.raw.writeHead(status, { ...headers, ...answer.headers, ...known });
  // Node leaves the body out where the method is HEAD.
  if (typeof body === 'string' || length > ONE_RECORD_BYTES) reply.raw.end(body);
  else reply.raw.end(body.toString('latin1'), 'latin1');
}

function headersOf({ auditId, warnings, placement }: Handled): Record<string, string | string[]> {
  const headers = {
    'audit-id': auditId,
    'cache-control': 'no-cache, private',
    ...(placement === undefined
      ? {}
      : {
          'x-kubernetes-pf-flowschema-uid': placement.schemaUid,
          'x-kubernetes-pf-prioritylevel-uid': placement.levelUid,
        }),
  };
  return warnings.length === 0 ? headers : { ...headers, warning: warningHeaders(warnings) };
}

/** The client went away while it sent a body: nobody is there to be answered. */
function isBreak(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function refusal(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return statusError(413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728', { cause: error });
  }
  if (code === 'FST_ERR_BAD_URL') return badRequest('the path is not encoded properly', error);
  return code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' ? unsupportedMediaType(BODY_TYPES) : error;
}
