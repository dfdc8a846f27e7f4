import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions as SecureOptions } from 'node:https';
import type { Readable } from 'node:stream';
import { serviceUnavailable } from '../../apimachinery/index.ts';
import type { ProxyTarget, ProxyTls } from './connection.ts';
import { oneValue, passable, type HeaderValues } from './proxy-headers.ts';
import { passedAnswer, type PassedAnswer } from './proxy-answer.ts';

/** A request that is passed on. */
export interface ProxiedRequest {
  readonly method: string;
  readonly headers: HeaderValues;
  readonly query: string;
  readonly body: Readable | Buffer;
}

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
    const host = oneValue(request.headers['host']);
    return passedAnswer(await promise, { target, host }, method);
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
      'x-forwarded-host': oneValue(headers['host']),
      'x-forwarded-proto': 'https',
      'x-forwarded-uri': target.prefix + path,
      ...target.headers,
    },
  };
}
