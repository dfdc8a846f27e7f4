import { createInflate, type Inflate } from 'node:zlib';
import { headerDictionary } from './header-dictionary.ts';

export type Headers = ReadonlyMap<string, string>;

/** A stored block of nothing: what makes readers hand out what they have, as those in Go wait for. */
const FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff]);

/** What one block may come to when it is unpacked. */
const LIMIT_BYTES = 64 * 1024;

/** Unpacks header blocks, each of which goes on with the compression of the one before. One at a time. */
export class HeaderUnpacker {
  readonly #inflate: Inflate = createInflate({ dictionary: headerDictionary() });

  async unpack(block: Buffer): Promise<Headers> {
    const chunks: Buffer[] = [];
    let size = 0;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LIMIT_BYTES) reject(new Error('a header block is too large'));
    };
    this.#inflate.on('data', onData).once('error', reject);
    this.#inflate.write(block, (err) => {
      // The last bytes come out with the same turn of the event loop.
      if (err) reject(err);
      else setImmediate(resolve, undefined);
    });
    try {
      await promise;
      return parseHeaders(Buffer.concat(chunks));
    } finally {
      this.#inflate.off('data', onData).off('error', reject);
    }
  }

  close(): void {
    this.#inflate.on('error', () => undefined).destroy();
  }
}

function parseHeaders(block: Buffer): Headers {
  const headers = new Map<string, string>();
  let offset = 0;
  const number = () => {
    offset += 4;
    return block.readUInt32BE(offset - 4);
  };
  const text = () => {
    const length = number();
    if (offset + length > block.length) throw new Error('a header block is cut off');
    offset += length;
    return block.toString('utf8', offset - length, offset);
  };
  for (let left = number(); left > 0; left--) headers.set(text().toLowerCase(), text());
  return headers;
}

/**
 * Packs header blocks into a zlib stream (RFC 1950) of stored blocks (RFC 1951 §3.2.4): the few headers that a server
 * sends are not worth compressing, and so need neither memory nor waiting.
 */
export class HeaderPacker {
  #begun = false;

  pack(headers: Headers): Buffer {
    const parts = [uint32(headers.size)];
    for (const [name, value] of headers) {
      parts.push(
        uint32(Buffer.byteLength(name)),
        Buffer.from(name),
        uint32(Buffer.byteLength(value)),
        Buffer.from(value),
      );
    }
    const plain = Buffer.concat(parts);
    const start = Buffer.alloc(5);
    start.writeUInt16LE(plain.length, 1);
    start.writeUInt16LE(~plain.length & 0xffff, 3);
    const intro = this.#begun ? Buffer.alloc(0) : Buffer.from([0x78, 0x01]);
    this.#begun = true;
    return Buffer.concat([intro, start, plain, FLUSH]);
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
