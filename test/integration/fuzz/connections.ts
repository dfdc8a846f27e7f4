import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { KeyPairPem } from '../../../src/pki/index.ts';
import type { FuzzRequest } from './requests.ts';

export interface FuzzAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Empty for a stream, which is left as soon as it stands. */
  readonly body: string;
}

export interface Connection extends AsyncDisposable {
  readonly name: string;
  send(request: FuzzRequest): Promise<FuzzAnswer>;
}

interface Target {
  readonly url: string;
  readonly ca: string;
  readonly identity: KeyPairPem;
}

/** Longer than any answer takes. */
const DEADLINE_MS = 20_000;

export function overHttp1({ url, ca, identity }: Target): Connection {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 8, ca, cert: identity.certificate, key: identity.key });
  return {
    name: 'HTTP/1.1',
    send: async ({ method, path, headers, body }) => {
      const length = body === undefined ? {} : { 'content-length': String(body.length) };
      const signal = AbortSignal.timeout(DEADLINE_MS);
      const request = https.request(`${url}/`, { method, path, headers: { ...headers, ...length }, agent, signal });
      request.end(body);
      // @NOTE the event's only argument is the response.
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const contentType = response.headers['content-type'] ?? '';
      const isStream = response.headers['content-length'] === undefined;
      const text = isStream ? '' : Buffer.concat(await Array.fromAsync<Buffer>(response)).toString();
      if (isStream) request.destroy();
      return { status: response.statusCode ?? 0, contentType, body: text };
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
    },
  };
}

export function overHttp2({ url, ca, identity }: Target): Connection {
  const session = http2.connect(url, { ca, cert: identity.certificate, key: identity.key });
  return {
    name: 'HTTP/2',
    send: async ({ method, path, headers, body }) => {
      const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: false });
      stream.end(body);
      // @NOTE the event's first argument is the headers.
      const [response] = (await once(stream, 'response', { signal: AbortSignal.timeout(DEADLINE_MS) })) as [
        http2.IncomingHttpHeaders & { ':status'?: number },
      ];
      const isStream = response['content-length'] === undefined;
      const text = isStream ? '' : Buffer.concat(await Array.fromAsync<Buffer>(stream)).toString();
      if (isStream) stream.close();
      return { status: response[':status'] ?? 0, contentType: response['content-type'] ?? '', body: text };
    },
    [Symbol.asyncDispose]: async () => {
      session.destroy();
    },
  };
}
