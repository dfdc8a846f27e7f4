import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../src/component-base/index.ts';

/** What became of one question; `addresses` is undefined when nobody answered in time. */
export interface Asked {
  readonly at: number;
  readonly addresses: readonly string[] | undefined;
}

/** As long as a stub resolver waits (resolv.conf(5), `timeout`). */
const PATIENCE_MS = 5_000;
const TICK_MS = 5;
/** After a stall of this process the questions it should have asked meanwhile are not asked all at once. */
const MOST_AT_ONCE = 50;
const RECEIVE_BUFFER_BYTES = 1 << 20;
const HEADER = 12;
const A = 1;

/** A client that asks one name over and over, so many times a second, and remembers every answer. */
export class DnsAsker implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #question: Buffer;
  readonly #waiting = new Map<number, number>();
  readonly #asked: Asked[] = [];
  readonly #ending = new AbortController();
  readonly #droppedBefore: number;
  readonly #running: Promise<void>;
  #id = 0;

  private constructor(socket: Socket, name: string, perSecond: number) {
    this.#socket = socket;
    this.#question = questionOf(name);
    this.#droppedBefore = this.#dropped();
    socket.on('message', (packet) => {
      const id = packet.readUInt16BE(0);
      const at = this.#waiting.get(id);
      if (at === undefined) return;
      this.#waiting.delete(id);
      this.#asked.push({ at, addresses: addressesIn(packet, HEADER + this.#question.length) });
    });
    // A server that is gone refuses; the question then counts as unanswered.
    socket.on('error', () => undefined);
    this.#running = this.#run(perSecond);
  }

  static async start(server: string, name: string, perSecond: number): Promise<DnsAsker> {
    const [host, port] = server.split(':');
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
    socket.connect(Number(port), host);
    await once(socket, 'connect');
    return new DnsAsker(socket, name, perSecond);
  }

  /**
   * All questions asked from then on whose fate is known, in the order in which that became known. As many unanswered
   * ones are left out as the kernel has dropped answers at this end: the server has given those.
   */
  since(at: number): readonly Asked[] {
    let dropped = this.#dropped() - this.#droppedBefore;
    return this.#asked.filter((asked) => asked.at >= at && (asked.addresses !== undefined || dropped-- <= 0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#running;
    this.#socket.close();
  }

  async #run(perSecond: number): Promise<void> {
    let before = systemClock.now();
    let due = 0;
    while (!this.#ending.signal.aborted) {
      const now = systemClock.now();
      due = Math.min(due + ((now - before) / 1000) * perSecond, MOST_AT_ONCE);
      before = now;
      for (; due >= 1; due--) this.#ask();
      await systemClock.sleep(TICK_MS);
      // What has come while this process stalled is read before it is given up.
      await setImmediate();
      this.#giveUp();
    }
  }

  #dropped(): number {
    return droppedAt(this.#socket.address().port);
  }

  #ask(): void {
    this.#id = (this.#id + 1) % 0x10000;
    const header = Buffer.alloc(HEADER);
    header.writeUInt16BE(this.#id, 0);
    header.writeUInt16BE(0x0100, 2);
    header.writeUInt16BE(1, 4);
    this.#waiting.set(this.#id, systemClock.now());
    this.#socket.send(Buffer.concat([header, this.#question]), () => undefined);
  }

  #giveUp(): void {
    const before = systemClock.now() - PATIENCE_MS;
    for (const [id, at] of this.#waiting) {
      if (at > before) break;
      this.#waiting.delete(id);
      this.#asked.push({ at, addresses: undefined });
    }
  }
}

/** How many packets the kernel had no room for at the UDP sockets of a port (proc(5), `/proc/net/udp`). */
function droppedAt(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = existsSync('/proc/net/udp') ? readFileSync('/proc/net/udp', 'utf8').split('\n') : [];
  return sockets
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '']) => local.endsWith(`:${hex}`))
    .reduce((sum, fields) => sum + Number(fields.at(-1)), 0);
}

function questionOf(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0, 0, A, 0, 1])]);
}

/** Of the A records; their names are compressed or the root's, as any server would have them. */
function addressesIn(packet: Buffer, from: number): readonly string[] {
  const addresses: string[] = [];
  let at = from;
  for (let left = packet.readUInt16BE(6); left > 0; left--) {
    while ((packet[at] ?? 0) > 0 && (packet[at] ?? 0) < 0xc0) at += (packet[at] ?? 0) + 1;
    at += (packet[at] ?? 0) >= 0xc0 ? 2 : 1;
    const [type, length] = [packet.readUInt16BE(at), packet.readUInt16BE(at + 8)];
    if (type === A) addresses.push([...packet.subarray(at + 10, at + 14)].join('.'));
    at += 10 + length;
  }
  return addresses.sort();
}
