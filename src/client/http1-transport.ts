import type { Pool } from 'undici';
import { TCP_KEEP_ALIVE_MS } from './connect.ts';
import type { TlsOptions, Transport, TransportRequest, TransportResponse } from './transport.ts';

const SOCKETS = 32;

interface Pools {
  readonly calls: Pool;
  /** Of their own: a watch occupies a connection as long as it lives. */
  readonly watches: Pool;
}

/** HTTP/1.1 with keep-alive. Most servers speak HTTP/2: what this needs is loaded when one does not. */
export function createHttp1Transport(url: URL, tls: TlsOptions): Transport {
  let pools: Promise<Pools> | undefined;
  return {
    async request(request) {
      pools ??= openPools(url, tls);
      const { calls, watches } = await pools;
      return send(isWatch(request) ? watches : calls, request);
    },
    async [Symbol.asyncDispose]() {
      if (pools === undefined) return;
      const { calls, watches } = await pools;
      await Promise.all([calls.destroy(), watches.destroy()]);
    },
  };
}

async function openPools(url: URL, tls: TlsOptions): Promise<Pools> {
  const { Pool } = await import('undici');
  const connect = { ...tls, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS, timeout: 10_000 };
  // Deadlines are the caller's; a watch may be silent for long.
  const options = { connect, allowH2: false, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000 };
  return { calls: new Pool(url, { ...options, connections: SOCKETS }), watches: new Pool(url, options) };
}

function isWatch({ method, path }: TransportRequest): boolean {
  return method === 'GET' && /[?&]watch=/.test(path);
}

async function send(pool: Pool, { method, path, headers, body, signal }: TransportRequest): Promise<TransportResponse> {
  const response = await pool.request({ method, path, headers, signal, ...(body === undefined ? {} : { body }) });
  return {
    status: response.statusCode,
    header: (name) => {
      const value = response.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: response.body,
  };
}
