import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions as SecureOptions } from 'node:https';
import type { Readable } from 'node:stream';
import { serviceUnavailable } from '../../apimachinery/index.ts';
import type { ProxyTarget, ProxyTls } from './connection.ts';
import { passedAnswer, type PassedAnswer } from './proxy-answer.ts';

export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request that is passed on. */
export interface ProxiedRequest {
  readonly method: string;
  readonly headers: HeaderValues;
  readonly query: string;
  readonly body: Readable | Buffer;
}

/** Between two neighbours only: RFC 9110 §7.6.1. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Said to this server, and nobody behind it may learn it; answers are looked into, and so come as they are. */
const OURS = /^(authorization|accept-encoding|audit-id|host|impersonate-.*|x-remote-.*|:.*)$/;

/** Passes a request on and resolves to the answer once its headers are there. Its body is still to come. */
export async function proxyRequest(
  target: ProxyTarget,
  request: ProxiedRequest,
  signal: AbortSignal,
): Promise<PassedAnswer> {
  const { method, body } = request;
  const options = requestOptions(target, request);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // Who is told that the connection is over with the answer may cut it off while the request is still being sent.
  const agent = target.scheme === 'https' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = target.scheme === 'https' ? httpsRequest : httpRequest;
  const outgoing = send({ ...options, agent, signal });
  outgoing.once('response', resolve).once('error', reject);
  outgoing.once('close', () => {
    agent.destroy();
  });
  if (Buffer.isBuffer(body)) outgoing.end(body);
  else body.on('error', () => outgoing.destroy()).pipe(outgoing);
  try {
    return await passedAnswer(await promise, target, method);
  } catch (err) {
    throw unreachable(err);
  }
}

export function unreachable(err: unknown): Error {
  return serviceUnavailable(`error trying to reach service: ${err instanceof Error ? err.message : String(err)}`, err);
}

/** Nobody gave the certificates of pods to this server. */
function tlsOptions(tls: ProxyTls | undefined): SecureOptions {
  if (tls === undefined) return { rejectUnauthorized: false };
  const { insecure = false, ...options } = tls;
  return { ...options, rejectUnauthorized: !insecure };
}

export function requestOptions(
  target: ProxyTarget,
  { method, headers, query }: Omit<ProxiedRequest, 'body'>,
): Omit<SecureOptions, 'headers'> & { readonly headers: Record<string, string | string[]> } {
  const { host, port, path } = target;
  return {
    method,
    host,
    port,
    path: query === '' ? path : `${path}?${query}`,
    agent: false,
    ...(target.scheme === 'https' ? tlsOptions(target.tls) : {}),
    headers: {
      ...passable(headers),
      host: target.tls?.servername ?? `${host}:${port}`,
      'x-forwarded-host': one(headers['host'] ?? headers[':authority']),
      'x-forwarded-proto': 'https',
      'x-forwarded-uri': target.prefix + path,
      ...target.headers,
    },
  };
}

/** Without what is between two neighbours, or between the client and this server. */
export function passable(headers: HeaderValues): Record<string, string | string[]> {
  const named = new Set(
    one(headers['connection'])
      .split(',')
      .map((name) => name.trim().toLowerCase()),
  );
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || named.has(name) || OURS.test(name)) continue;
    kept[name] = typeof value === 'string' ? value : [...value];
  }
  return kept;
}

function one(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.join(', ') ?? '');
}
