/** gRPC over HTTP/2: each message has a byte that says whether it is compressed, and its length in four. */
const HEADER_BYTES = 5;

export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(HEADER_BYTES + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, HEADER_BYTES);
  return framed;
}

/** Puts messages together out of chunks as they come. */
export class Unframer {
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes that the next message needs with its header, once that is known. */
  #needed = HEADER_BYTES;

  add(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) return [];
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const messages: Buffer[] = [];
    this.#needed = HEADER_BYTES;
    while (rest.length >= HEADER_BYTES) {
      if (rest[0] !== 0) throw new RangeError('a compressed gRPC message came, which nobody asked for');
      const end = HEADER_BYTES + rest.readUInt32BE(1);
      if (rest.length < end) {
        this.#needed = end;
        break;
      }
      messages.push(rest.subarray(HEADER_BYTES, end));
      rest = rest.subarray(end);
    }
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    return messages;
  }
}
