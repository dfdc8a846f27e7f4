import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { KeyPairPem } from '../../src/pki/index.ts';
import type { KubectlServer } from './kubectl.ts';

export interface HttpsOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The administrator when absent; `null`: nobody. */
  readonly identity?: KeyPairPem | null;
}

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  json(): { readonly [field: string]: unknown };
}

/** A response whose body is still to come, a line at a time. */
export interface HttpsStream extends AsyncDisposable {
  readonly status: number;
  lines(): AsyncIterable<string>;
}

export interface HttpsTransport {
  readonly name: string;
  readonly send: (api: KubectlServer, path: string, options?: HttpsOptions) => Promise<HttpsAnswer>;
  /** Resolves when the headers are there. */
  readonly open: (api: KubectlServer, path: string, options?: HttpsOptions) => Promise<HttpsStream>;
}

function tls({ certificates }: KubectlServer, identity: KeyPairPem | null = certificates.admin) {
  const client = identity === null ? {} : { cert: identity.certificate, key: identity.key };
  return { ca: certificates.ca, ...client };
}

interface Response {
  readonly status: number;
  readonly headers: HttpsAnswer['headers'];
  readonly body: AsyncIterable<Buffer>;
  readonly close: () => void;
}

async function request1(api: KubectlServer, path: string, options: HttpsOptions): Promise<Response> {
  const { method = 'GET', headers = {}, body, identity } = options;
  const request = https.request(`${api.url}${path}`, { method, headers, agent: false, ...tls(api, identity) });
  request.end(body);
  // @NOTE the event's only argument is the response.
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const close = () => {
    request.destroy();
  };
  return { status: response.statusCode ?? 0, headers: response.headers, body: response, close };
}

async function request2(api: KubectlServer, path: string, options: HttpsOptions): Promise<Response> {
  const { method = 'GET', headers = {}, body, identity } = options;
  const session = http2.connect(api.url, tls(api, identity));
  // Without this Node ends a DELETE at once, which may have a body here.
  const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: false });
  stream.end(body);
  // @NOTE the event's first argument is the headers.
  const [response] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & { ':status'?: number }];
  const close = () => {
    session.destroy();
  };
  return { status: response[':status'] ?? 0, headers: response, body: stream, close };
}

function transport(name: string, request: typeof request1): HttpsTransport {
  return {
    name,
    send: async (api, path, options = {}) => {
      const { status, headers, body, close } = await request(api, path, options);
      const text = Buffer.concat(await Array.fromAsync(body)).toString();
      close();
      // @NOTE tests ask for the fields of bodies that are objects.
      return { status, headers, body: text, json: () => JSON.parse(text) as { readonly [field: string]: unknown } };
    },
    open: async (api, path, options = {}) => {
      const { status, body, close } = await request(api, path, options);
      return {
        status,
        lines: () => linesOf(body),
        [Symbol.asyncDispose]: async () => {
          close();
        },
      };
    },
  };
}

async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

export const http1Transport = transport('HTTP/1.1', request1);
export const http2Transport = transport('HTTP/2', request2);
