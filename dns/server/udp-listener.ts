import { isIPv6 } from 'node:net';
import type { CCaller } from '../../src/component-base/index.ts';
import { loadSystemCalls, NativeUdpSocket } from '../udp/index.ts';
import { serveBatches } from './batched-udp.ts';
import { ListenError } from './listen-error.ts';
import { bindPortable, servePortable } from './portable-udp.ts';
import type { LoggedQuery } from './query-log.ts';
import type { UdpDeps } from './udp-deps.ts';

/** A UDP socket that is bound. */
export interface UdpListener {
  readonly port: number;
  /** Answers until `signal` aborts; rejects when the socket fails. The socket is closed afterwards. */
  serve(deps: UdpDeps, signal: AbortSignal): Promise<void>;
  /** What threads of its own have noted of questions, the latest first. */
  readonly recentQueries?: (limit: number, name: string | undefined) => Promise<readonly LoggedQuery[]>;
  /** Of one that did not serve. */
  close(): Promise<void>;
}

export interface UdpListenerOptions {
  readonly host: string;
  readonly port: number;
  /** What takes many packets at once from the system: the first that can be had. Where none can, it is packet by packet. */
  readonly batchedBy: readonly CCaller[];
  /** Others of this user that say so too may listen there; each client's packets go to one of them. */
  readonly reusePort?: boolean;
}

/** Room for a burst of some thousand questions; the system may give less. */
const RECEIVE_BUFFER_BYTES = 1 << 20;

/** Throws `ListenError`. */
export async function bindUdp({ host, port, batchedBy, reusePort = false }: UdpListenerOptions): Promise<UdpListener> {
  // Only Node knows the number of the zone in `fe80::1%eth0`.
  const hasZone = isIPv6(host) && host.includes('%');
  const calls = hasZone ? undefined : await loadSystemCalls(batchedBy);
  try {
    const listen = { host, port, reusePort, receiveBufferBytes: RECEIVE_BUFFER_BYTES };
    if (calls === undefined) {
      const socket = await bindPortable(listen);
      return {
        port: socket.address().port,
        serve: (deps, signal) => {
          deps.log.info({ port: socket.address().port }, 'dns packets are taken in one by one');
          return servePortable(socket, deps, signal);
        },
        close: async () => {
          socket.close();
        },
      };
    }
    const socket = await NativeUdpSocket.open(calls, listen);
    return {
      port: socket.port,
      serve: (deps, signal) => {
        deps.log.info({ port: socket.port, by: calls.by }, 'dns packets are taken in many at a time');
        return serveBatches(socket, deps, signal);
      },
      close: () => socket.close(),
    };
  } catch (err) {
    throw new ListenError('udp', host, port, err);
  }
}
