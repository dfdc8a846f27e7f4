import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { withDeadline } from '../../src/component-base/index.ts';
import { unreachable } from './unreachable.ts';

export interface JsonHttpOptions {
  /** Of the server, with the path that all calls are under. */
  readonly url: URL;
  /** Sent with every call, and never told to anyone. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: TlsFiles;
  /** For a whole call; 30 s. */
  readonly timeoutMs?: number;
  /** Of an answer; more is refused. 256 MiB. */
  readonly maxBytes?: number;
}

/** In PEM. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface JsonCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the path of the server's URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface JsonAnswer {
  readonly status: number;
  /** What was parsed; undefined when it is no JSON. */
  readonly json: unknown;
  readonly text: string;
}

/** Rejects with `Unavailable` when there is no answer, with the signal's reason when it aborts. */
export type JsonHttp = (call: JsonCall, signal?: AbortSignal) => Promise<JsonAnswer>;

const SOCKETS = 4;
const IDLE_MS = 10_000;

/** Calls of one server over connections that are kept for a while; idle ones keep no process alive. */
export function createJsonHttp(options: JsonHttpOptions): JsonHttp {
  const { url, headers, tls, timeoutMs = 30_000, maxBytes = 2 ** 28 } = options;
  const secure = url.protocol === 'https:';
  const settings = { keepAlive: true, maxSockets: SOCKETS, timeout: IDLE_MS };
  const agent = secure ? new HttpsAgent({ ...settings, ...tls }) : new HttpAgent(settings);
  const base = url.pathname.replace(/\/$/, '');

  return async (call, signal) => {
    signal?.throwIfAborted();
    const limit = withDeadline(timeoutMs, signal);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const request: RequestOptions = {
      agent,
      method: call.method,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: base + call.path,
      headers: { accept: 'application/json', ...bodyHeaders(body), ...headers, ...call.headers },
      signal: limit,
    };
    try {
      const response = await send({ secure, request, body });
      const text = await readText(response, maxBytes);
      return { status: response.statusCode ?? 0, text, json: parsed(text) };
    } catch (err) {
      throw unreachable(`${call.method} ${url.origin}${request.path}`, err, { caller: signal, limit });
    }
  };
}

interface Sending {
  readonly secure: boolean;
  readonly request: RequestOptions;
  readonly body: string | undefined;
}

/** A connection that the server closed as it was used again says nothing of the server: another one is tried once. */
async function send(sending: Sending, again = true): Promise<IncomingMessage> {
  const { secure, request, body } = sending;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const call = (secure ? httpsRequest : httpRequest)(request, resolve);
  call.once('error', reject);
  call.end(body);
  try {
    return await promise;
  } catch (err) {
    if (again && call.reusedSocket && isReset(err)) return send(sending, false);
    throw err;
  }
}

const isReset = (err: unknown) =>
  err instanceof Error && 'code' in err && (err.code === 'ECONNRESET' || err.code === 'EPIPE');

async function readText(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = chunk as Buffer; // @NOTE a stream without an encoding gives buffers
    size += bytes.length;
    if (size > maxBytes) throw new Error(`its answer is larger than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString();
}

function bodyHeaders(body: string | undefined): Record<string, string | number> {
  if (body === undefined) return {};
  return { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
