import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TlsOptions } from './transport.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** After so long without a byte the system asks whether the peer is still there. */
export const TCP_KEEP_ALIVE_MS = 5_000;

/** A TLS connection, verified; its `alpnProtocol` is what the server chose. */
export async function openTls(url: URL, tls: TlsOptions): Promise<TLSSocket> {
  const host = hostOf(url);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const socket = connectTls({
    host,
    port: portOf(url),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...tls,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
    socket.destroy(new Error(`${url.host} did not answer within ${CONNECT_TIMEOUT_MS} ms`));
  });
  socket.once('secureConnect', () => {
    resolve(undefined);
  });
  socket.once('error', reject);
  socket.once('close', () => {
    reject(new Error(`${url.host} closed the connection`));
  });
  await promise;
  socket.setTimeout(0);
  socket.removeAllListeners();
  socket.setNoDelay(true);
  socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
  return socket;
}

/** Without the brackets of an IPv6 address. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function portOf(url: URL): number {
  return url.port === '' ? 443 : Number(url.port);
}
