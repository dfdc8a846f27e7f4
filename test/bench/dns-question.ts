import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Asks one DNS server for A records over one UDP socket, quickly and again and again. */
export class DnsAsker implements Disposable {
  readonly #socket: Socket = createSocket('udp4');
  readonly #port: number;
  #id = 0;

  constructor(port: number) {
    this.#port = port;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  /** Addresses of the answer, sorted; `undefined` when none came within 250 ms. */
  async addresses(name: string): Promise<readonly string[] | undefined> {
    this.#id = (this.#id + 1) & 0xffff;
    const id = this.#id;
    this.#socket.send(question(id, name), this.#port, '127.0.0.1');
    const signal = AbortSignal.timeout(250);
    try {
      for (;;) {
        // @NOTE dgram's 'message' event carries the packet first.
        const [packet] = (await once(this.#socket, 'message', { signal })) as [Buffer];
        if (packet.readUInt16BE(0) === id) return addressesOf(packet);
      }
    } catch {
      return undefined;
    }
  }
}

function question(id: number, name: string): Buffer {
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'latin1')]);
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x0100, 2);
  header.writeUInt16BE(1, 4);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, 1, 0, 1])]);
}

function addressesOf(packet: Buffer): string[] {
  const found: string[] = [];
  let at = skipName(packet, 12) + 4;
  for (let answers = packet.readUInt16BE(6); answers > 0; answers--) {
    at = skipName(packet, at);
    const type = packet.readUInt16BE(at);
    const length = packet.readUInt16BE(at + 8);
    at += 10;
    if (type === 1) found.push([...packet.subarray(at, at + 4)].join('.'));
    at += length;
  }
  return found.sort();
}

function skipName(packet: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const length = packet[at] ?? 0;
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    at += length + 1;
  }
}
