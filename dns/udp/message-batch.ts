import { ADDRESS_BYTES } from './socket-address.ts';
import type { SystemCalls } from './system-calls.ts';

/** Packets taken in at once. */
const SLOTS = 64;
/** More than any question has; of what is longer the rest is cut off. */
const PACKET_BYTES = 4096;
/** The most that is ever sent in one packet. */
const REPLY_BYTES = 2048;

const HEADER_BYTES = 64; // struct mmsghdr
const VECTOR_BYTES = 16; // struct iovec
const NAME_BYTES = 32;
const REPLY_VECTORS = 3;

const at = {
  name: 0,
  nameLength: 8,
  vectors: 16,
  vectorCount: 24,
  flags: 48,
  length: 56,
} as const;

const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
const EINTR = 4;
const EAGAIN = 11;
const ENOBUFS = 105;

/** Where each part of the memory begins. */
const layout = (() => {
  let end = 0;
  const take = (bytes: number) => {
    const start = end;
    end += SLOTS * bytes;
    return start;
  };
  return {
    packets: take(PACKET_BYTES),
    replies: take(REPLY_BYTES),
    names: take(NAME_BYTES),
    incoming: take(HEADER_BYTES),
    incomingVectors: take(VECTOR_BYTES),
    outgoing: take(HEADER_BYTES),
    outgoingVectors: take(VECTOR_BYTES * REPLY_VECTORS),
    bytes: end,
  };
})();

/**
 * Packets that are received by one call and answered by one. Packets and replies stand in memory that the next
 * `receive` uses again: who needs them longer copies them.
 */
export class MessageBatch {
  /** All of the memory. */
  readonly memory: Buffer;
  readonly #calls: SystemCalls;
  readonly #words: Uint32Array;
  readonly #base: number;
  #replies = 0;

  constructor(calls: SystemCalls) {
    const memory = new ArrayBuffer(layout.bytes);
    this.memory = Buffer.from(memory);
    this.#words = new Uint32Array(memory);
    this.#calls = calls;
    this.#base = Number(calls.addressOf(this.memory));
    for (let slot = 0; slot < SLOTS; slot++) this.#prepare(slot);
  }

  /** How many packets came; 0 when there were none. They are numbered from 0. */
  receive(fd: number): number {
    this.#replies = 0;
    const first = BigInt(this.#base + layout.incoming);
    const count = this.#calls.recvmmsg(fd, first, SLOTS, MSG_DONTWAIT, 0n);
    return Math.max(count, 0);
  }

  /** A full batch may not be all that is waiting. */
  isFull(count: number): boolean {
    return count === SLOTS;
  }

  /** Where in `memory` the packet begins. */
  offset(slot: number): number {
    return layout.packets + slot * PACKET_BYTES;
  }

  /** 0 for a packet that did not fit, or that nothing can be sent back to. */
  length(slot: number): number {
    const header = (layout.incoming + slot * HEADER_BYTES) >> 2;
    const words = this.#words;
    // A port of 0 is forged.
    const name = layout.names + slot * NAME_BYTES;
    const isLost = ((words[header + (at.flags >> 2)] ?? 0) & MSG_TRUNC) !== 0 || (words[name >> 2] ?? 0) >>> 16 === 0;
    return isLost ? 0 : (words[header + (at.length >> 2)] ?? 0);
  }

  /** The `sockaddr` of who sent the packet. */
  peer(slot: number): Buffer {
    const name = layout.names + slot * NAME_BYTES;
    return this.memory.subarray(name, name + ADDRESS_BYTES);
  }

  /** Answers the packet; what is too long for a packet is not sent. */
  reply(slot: number, answer: Uint8Array): void {
    if (answer.length > REPLY_BYTES) return;
    this.memory.set(answer, this.replyOffset);
    this.replyWritten(slot, answer.length);
  }

  /** Where in `memory` the next reply may be written. */
  get replyOffset(): number {
    return layout.replies + this.#replies * REPLY_BYTES;
  }

  /** Answers the packet with what was written there. */
  replyWritten(slot: number, length: number): void {
    this.#vector(0, this.#base + this.replyOffset, length);
    this.#push(slot, 1);
  }

  /** Answers the packet with its own first bytes, as they stand by now, and `length` bytes from elsewhere. */
  replyWith(slot: number, ownLength: number, address: number, length: number): void {
    this.#vector(0, this.#base + layout.packets + slot * PACKET_BYTES, ownLength);
    this.#vector(1, address, length);
    this.#push(slot, length === 0 ? 1 : 2);
  }

  /** Sends the replies. How many could not be: the system has no room, or no way there. */
  send(fd: number): number {
    const total = this.#replies;
    this.#replies = 0;
    let lost = 0;
    for (let sent = 0; sent < total;) {
      const first = BigInt(this.#base + layout.outgoing + sent * HEADER_BYTES);
      const count = this.#calls.sendmmsg(fd, first, total - sent, MSG_DONTWAIT);
      if (count > 0) {
        sent += count;
        continue;
      }
      const error = this.#calls.errno();
      if (error === EINTR) continue;
      if (error === EAGAIN || error === ENOBUFS) return lost + total - sent;
      lost++;
      sent++;
    }
    return lost;
  }

  #prepare(slot: number): void {
    const name = this.#base + layout.names + slot * NAME_BYTES;
    const incoming = layout.incoming + slot * HEADER_BYTES;
    const incomingVector = layout.incomingVectors + slot * VECTOR_BYTES;
    this.#pointer(incoming + at.name, name);
    this.#words[(incoming + at.nameLength) >> 2] = ADDRESS_BYTES;
    this.#pointer(incoming + at.vectors, this.#base + incomingVector);
    this.#words[(incoming + at.vectorCount) >> 2] = 1;
    this.#pointer(incomingVector, this.#base + this.offset(slot));
    this.#words[(incomingVector + 8) >> 2] = PACKET_BYTES;

    const outgoing = layout.outgoing + slot * HEADER_BYTES;
    this.#pointer(outgoing + at.vectors, this.#base + layout.outgoingVectors + slot * VECTOR_BYTES * REPLY_VECTORS);
  }

  /** Sets a vector of the next reply. */
  #vector(index: number, address: number, length: number): void {
    const vector = layout.outgoingVectors + (this.#replies * REPLY_VECTORS + index) * VECTOR_BYTES;
    this.#pointer(vector, address);
    this.#words[(vector + 8) >> 2] = length;
  }

  #push(slot: number, vectors: number): void {
    const incoming = (layout.incoming + slot * HEADER_BYTES) >> 2;
    const outgoing = (layout.outgoing + this.#replies * HEADER_BYTES) >> 2;
    const words = this.#words;
    words[outgoing] = words[incoming] ?? 0;
    words[outgoing + 1] = words[incoming + 1] ?? 0;
    words[outgoing + (at.nameLength >> 2)] = words[incoming + (at.nameLength >> 2)] ?? 0;
    words[outgoing + (at.vectorCount >> 2)] = vectors;
    this.#replies++;
  }

  #pointer(offset: number, address: number): void {
    this.#words[offset >> 2] = address >>> 0;
    this.#words[(offset >> 2) + 1] = Math.floor(address / 2 ** 32);
  }
}
