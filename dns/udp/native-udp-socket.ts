import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { getSystemErrorMap } from 'node:util';
import { MessageBatch } from './message-batch.ts';
import { ADDRESS_BYTES, AF_INET, encodeSocketAddress, familyOf, portOf } from './socket-address.ts';
import type { SystemCalls } from './system-calls.ts';

const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x80000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_REUSEPORT = 15;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

export interface NativeUdpOptions {
  readonly host: string;
  /** 0 is any that is free. */
  readonly port: number;
  readonly receiveBufferBytes: number;
  /** Others that say so too may listen there; packets are shared out among them by the peer. */
  readonly reusePort?: boolean;
}

export interface UdpReceiver {
  /** The first packet after a pause, which is taken in alone. */
  readonly onPacket: (packet: Buffer, peer: RemoteInfo) => void;
  /** `count` packets; replies to them are sent when it returns. */
  readonly onBatch: (batch: MessageBatch, count: number) => void;
  /** Replies that could not be sent. */
  readonly onLost: (count: number) => void;
}

/** Batches after which everything else that waits in this thread has its turn. */
const MAX_BATCHES = 4;

/** A UDP socket that takes in and sends many packets with one call. */
export class NativeUdpSocket {
  readonly port: number;
  readonly #calls: SystemCalls;
  readonly #fd: number;
  readonly #socket: Socket;

  private constructor(calls: SystemCalls, fd: number, port: number, socket: Socket) {
    this.#calls = calls;
    this.#fd = fd;
    this.port = port;
    this.#socket = socket;
  }

  /** Throws errors that have a `code` as those of Node. */
  static async open(calls: SystemCalls, options: NativeUdpOptions): Promise<NativeUdpSocket> {
    const family = familyOf(options.host);
    const fd = succeed(calls, 'socket', calls.socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    let port: number;
    try {
      port = bind(calls, fd, options);
    } catch (err) {
      calls.close(fd);
      throw err;
    }
    // From here on the descriptor is Node's, which says when there is something to read and closes it.
    const socket = createSocket({
      type: family === AF_INET ? 'udp4' : 'udp6',
      // Peers are addresses already; the default look-up costs a turn of the event loop for each answer.
      lookup: (address, _options, done) => {
        done(null, address, family === AF_INET ? 4 : 6);
      },
    });
    const bound = Promise.withResolvers<undefined>();
    socket.once('error', bound.reject);
    socket.bind({ fd }, () => {
      bound.resolve(undefined);
    });
    await bound.promise;
    socket.removeListener('error', bound.reject);
    return new NativeUdpSocket(calls, fd, port, socket);
  }

  /** Until `signal` aborts; rejects when the socket fails. The socket is closed afterwards. */
  async serve({ onPacket, onBatch, onLost }: UdpReceiver, signal: AbortSignal): Promise<void> {
    const batch = new MessageBatch(this.#calls);
    const ended = Promise.withResolvers<undefined>();
    const onAbort = () => {
      ended.resolve(undefined);
    };
    this.#socket.on('error', ended.reject);
    this.#socket.on('message', (packet, peer) => {
      onPacket(packet, peer);
      for (let batches = 0; batches < MAX_BATCHES && !signal.aborted; batches++) {
        const count = batch.receive(this.#fd);
        if (count === 0) return;
        onBatch(batch, count);
        const lost = batch.send(this.#fd);
        if (lost > 0) onLost(lost);
        if (!batch.isFull(count)) return;
      }
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      await ended.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      await this.close();
    }
  }

  /** A packet outside a batch: nobody is told when it cannot be sent. */
  send(packet: Buffer, port: number, address: string): void {
    this.#socket.send(packet, port, address);
  }

  /** For `MessageBatch.replyWith`; good as long as somebody has the memory. */
  addressOf(memory: Uint8Array): number {
    return Number(this.#calls.addressOf(memory));
  }

  async close(): Promise<void> {
    const closed = Promise.withResolvers<undefined>();
    this.#socket.close(() => {
      closed.resolve(undefined);
    });
    await closed.promise;
  }
}

function bind(calls: SystemCalls, fd: number, options: NativeUdpOptions): number {
  const { host, port, receiveBufferBytes, reusePort = false } = options;
  const set = (level: number, option: number, value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return calls.setsockopt(fd, level, option, calls.addressOf(bytes), bytes.length);
  };
  // The system may give less room than is asked for, and that is no reason not to listen.
  set(SOL_SOCKET, SO_RCVBUF, receiveBufferBytes);
  if (reusePort) succeed(calls, 'setsockopt', set(SOL_SOCKET, SO_REUSEPORT, 1));
  if (familyOf(host) !== AF_INET) succeed(calls, 'setsockopt', set(IPPROTO_IPV6, IPV6_V6ONLY, 0));
  const address = encodeSocketAddress(host, port);
  succeed(calls, 'bind', calls.bind(fd, calls.addressOf(address), address.length));

  const bound = Buffer.alloc(ADDRESS_BYTES);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(ADDRESS_BYTES);
  succeed(calls, 'getsockname', calls.getsockname(fd, calls.addressOf(bound), calls.addressOf(length)));
  return portOf(bound);
}

function succeed(calls: SystemCalls, call: string, result: number): number {
  if (result >= 0) return result;
  const errno = calls.errno();
  const [code, message] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, 'unknown error'];
  throw Object.assign(new Error(`${call}: ${message}`), { code, errno: -errno, syscall: call });
}
