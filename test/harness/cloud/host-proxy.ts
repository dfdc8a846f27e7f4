import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createCertificateAuthority, issueServingCertificate } from '../../../src/pki/index.ts';

export interface HostProxy extends AsyncDisposable {
  /** For `HTTPS_PROXY`. */
  readonly url: string;
  /** The same server by TLS, without the proxy. */
  readonly direct: string;
  /** PEM of who vouches for all of it. */
  readonly ca: string;
}

/**
 * A proxy that leads connections to hosts of the internet, which SDKs have fixed, to a server here. Any other host is
 * refused.
 */
export async function startHostProxy(hosts: readonly string[], server: { readonly url: string }): Promise<HostProxy> {
  const ca = await createCertificateAuthority();
  const { key, certificate: cert } = await issueServingCertificate(ca, {
    commonName: 'a cloud',
    hosts: [...hosts, '127.0.0.1'],
  });
  const sockets = new Set<Socket>();
  const join = (from: Socket, to: Socket) => {
    for (const socket of [from, to]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    }
    from.pipe(to).pipe(from);
  };
  const plainPort = Number(new URL(server.url).port);
  const inside = createTlsServer({ key, cert }, (socket) => {
    join(socket, connect(plainPort, '127.0.0.1'));
  });
  const proxy = createServer();
  proxy.on('connect', ({ url }: { url?: string }, socket: Socket) => {
    if (!hosts.some((host) => url === `${host}:443`)) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    join(socket, connect(portOf(inside), '127.0.0.1'));
  });
  for (const one of [inside, proxy]) {
    one.listen(0, '127.0.0.1');
    await once(one, 'listening');
  }
  return {
    url: `http://127.0.0.1:${portOf(proxy)}`,
    direct: `https://127.0.0.1:${portOf(inside)}`,
    ca: ca.certificate,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      for (const one of [inside, proxy]) {
        one.close();
        await once(one, 'close');
      }
    },
  };
}

// @NOTE a TCP server that listens has an address with a port.
const portOf = (server: Pick<Server, 'address'>) => (server.address() as AddressInfo).port;
