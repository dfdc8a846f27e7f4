import { Agent, request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { WebhookClientConfig } from './shapes.ts';

/** Where the address of a Service is; `undefined` for one that has none. */
export type ResolveService = (
  namespace: string,
  name: string,
  port: number,
) => { readonly host: string; readonly port: number } | undefined;

export interface WebhookTransportDeps {
  /** Absent where Services cannot be reached. */
  readonly resolveService?: ResolveService;
}

/** Sends JSON to a webhook and gives the body of its answer. Rejects with an `Error` that says what went wrong. */
export type WebhookTransport = (
  config: WebhookClientConfig,
  body: string,
  options: { readonly timeoutSeconds: number; readonly signal: AbortSignal },
) => Promise<string>;

const MAX_ANSWER_BYTES = 3 * 1024 * 1024;
const MAX_SOCKETS = 32;

export function createWebhookTransport(deps: WebhookTransportDeps): WebhookTransport {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: 2 });
  return async (config, body, { timeoutSeconds, signal }) => {
    const { url, connect } = targetOf(config, timeoutSeconds, deps);
    const ca = (config.caBundle ?? '') === '' ? {} : { ca: Buffer.from(config.caBundle ?? '', 'base64') };
    try {
      const answer = await send(url, { ...connect, ...ca, agent, signal }, body);
      return await bodyOf(answer);
    } catch (err) {
      throw new Error(`failed to call webhook: Post "${url.href}": ${reasonOf(err, signal)}`, { cause: err });
    }
  };
}

interface Target {
  /** What messages call it. */
  readonly url: URL;
  readonly connect: SendOptions;
}

interface SendOptions extends Omit<RequestOptions, 'headers'> {
  /** Where the name that was asked for is not where it was connected to. */
  readonly hostHeader?: string;
}

function targetOf({ url, service }: WebhookClientConfig, timeoutSeconds: number, deps: WebhookTransportDeps): Target {
  const query = `timeout=${timeoutSeconds}s`;
  if (url !== undefined) {
    const target = new URL(url);
    target.search = query;
    return { url: target, connect: {} };
  }
  if (service === undefined) throw new Error('failed to call webhook: neither url nor service is given');
  const { namespace, name, path = '/', port = 443 } = service;
  if (deps.resolveService === undefined) {
    throw new Error(
      `failed to call webhook: service "${namespace}/${name}" cannot be reached from here: use clientConfig.url`,
    );
  }
  const address = deps.resolveService(namespace, name, port);
  if (address === undefined) throw new Error(`failed to call webhook: service "${name}" not found`);
  const host = `${name}.${namespace}.svc`;
  return {
    url: new URL(`https://${host}:${port}${path.startsWith('/') ? path : `/${path}`}?${query}`),
    connect: { host: address.host, port: address.port, servername: host, hostHeader: `${host}:${port}` },
  };
}

function send(url: URL, { host, port, ...options }: SendOptions, body: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = {
    ...(options.hostHeader === undefined ? {} : { host: options.hostHeader }),
    'content-type': 'application/json',
    accept: 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  const place = { hostname: host ?? url.hostname.replaceAll(/^\[|\]$/g, ''), port: port ?? url.port };
  const sent = request(
    { ...options, ...place, path: `${url.pathname}${url.search}`, method: 'POST', headers },
    resolve,
  );
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // @NOTE no encoding is set, so that chunks are buffers.
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      answer.destroy();
      throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const { statusCode = 0 } = answer;
  if (statusCode >= 200 && statusCode < 300) return text;
  throw new Error(`the server answered ${statusCode}: ${JSON.stringify(text.slice(0, 200))}`);
}

function reasonOf(err: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'context deadline exceeded';
  return err instanceof Error ? err.message : String(err);
}
