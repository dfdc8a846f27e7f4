import { pipeline } from 'node:stream/promises';
import type { Duplex, Readable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../../component-base/index.ts';
import { badRequest } from '../../apimachinery/index.ts';
import { Channels } from './channels.ts';
import type { Connection } from './connection.ts';
import type { Headers } from './spdy/header-block.ts';

type Ports = Connection & { readonly type: 'ports' };

/** Inside a WebSocket the very frames of SPDY, in the messages. */
export const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';
export const SPDY_PORT_PROTOCOL = 'portforward.k8s.io';
export const CHANNEL_PORT_PROTOCOLS = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

/** How long a client may take between the two streams of one connection. */
const PAIR_MS = 30_000;

interface Pair {
  readonly streams: Map<string, Duplex>;
  readonly cancel: () => void;
}

/** Forwards connections, each of which is a pair of streams with the same request id: `error` and `data`. */
export class PortForwarder {
  readonly #ports: Ports;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #pairs = new Map<string, Pair>();

  constructor(ports: Ports, clock: Clock, signal: AbortSignal) {
    this.#ports = ports;
    this.#clock = clock;
    this.#signal = signal;
  }

  add(stream: Duplex, headers: Headers): void {
    const type = headers.get('streamtype') ?? '';
    const port = Number(headers.get('port'));
    if ((type !== 'error' && type !== 'data') || !isPort(port)) {
      stream.destroy();
      return;
    }
    const id = headers.get('requestid') ?? String(port);
    const pair = this.#pairs.get(id) ?? this.#begin(id);
    pair.streams.set(type, stream);
    const [data, error] = [pair.streams.get('data'), pair.streams.get('error')];
    if (data === undefined || error === undefined) return;
    pair.cancel();
    this.#pairs.delete(id);
    void this.#forward(port, data, error);
  }

  close(): void {
    for (const { cancel } of this.#pairs.values()) cancel();
    this.#pairs.clear();
  }

  #begin(id: string): Pair {
    const streams = new Map<string, Duplex>();
    const cancel = this.#clock.after(PAIR_MS, () => {
      this.#pairs.delete(id);
      for (const stream of streams.values()) stream.destroy();
    });
    const pair = { streams, cancel };
    this.#pairs.set(id, pair);
    return pair;
  }

  /** Never rejects. */
  async #forward(port: number, data: Duplex, error: Duplex): Promise<void> {
    error.resume();
    try {
      const target = await this.#ports.connect(port, this.#signal);
      await carry(data, target);
    } catch (err) {
      if (!error.destroyed) error.write(`an error occurred forwarding port ${port}: ${messageOf(err)}`);
    }
    error.end();
    if (data.writable) data.end();
    // What the client still sends is for nobody.
    data.resume();
  }
}

/** Both ways until both are at their end. */
async function carry(client: Duplex, target: Duplex): Promise<void> {
  target.on('error', () => client.end());
  const results = await Promise.allSettled([pipeline(client, target), pipeline(target, client)]);
  target.destroy();
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined && !client.destroyed) throw failed.reason;
}

/** As clients did before there was anything else: one connection for each of the ports that the URL names, at once. */
export async function portsOverChannels(
  ports: Ports,
  { webSocket, protocol }: { readonly webSocket: WebSocket; readonly protocol: string },
  numbers: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const channels = new Channels(webSocket, protocol.includes('base64') ? 'base64' : 'binary');
  await Promise.all(
    numbers.map(async (port, index) => {
      const [data, error] = [2 * index, 2 * index + 1];
      const name = Buffer.alloc(2);
      name.writeUInt16LE(port);
      const [input, output] = [channels.readable(data), channels.writable(data)];
      await channels.send(data, name);
      await channels.send(error, name);
      try {
        const target = await ports.connect(port, signal);
        signal.addEventListener('abort', () => target.destroy(), { once: true });
        // These clients cannot say that they have no more to send: it is over when the pod has said all.
        await Promise.all([carriedIn(input, target), pipeline(target, output).finally(() => target.destroy())]);
      } catch (err) {
        if (!signal.aborted) {
          await channels.send(error, Buffer.from(`an error occurred forwarding port ${port}: ${messageOf(err)}`));
        }
      }
    }),
  );
  webSocket.resume();
  webSocket.close();
}

async function carriedIn(input: Readable, target: Duplex): Promise<void> {
  await Promise.allSettled([pipeline(input, target)]);
}

export function portsOf(query: URLSearchParams): readonly number[] {
  const texts = query.getAll('ports').flatMap((text) => text.split(','));
  const numbers = texts.map(Number);
  if (numbers.length === 0) throw badRequest('query parameter "ports" is required');
  const wrong = numbers.findIndex((port) => !isPort(port));
  if (wrong >= 0) throw badRequest(`unable to parse ${JSON.stringify(texts[wrong])} as a port`);
  return numbers;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
