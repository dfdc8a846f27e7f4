import { AXFR, HEADER_BYTES, IXFR, OPT } from '../../packet/index.ts';
import { MAX_TCP_BYTES, MAX_UDP_BYTES, MIN_UDP_BYTES } from '../encode-reply.ts';

const MAX_NAME_BYTES = 255;
const MAX_LABEL_BYTES = 63;
const HEAD_BYTES = 3;
const MAX_KEY_BYTES = 264; // head, name, type and class, in whole words
const OPT_BYTES = 11;
const RECURSION_DESIRED = 0x01;
const CHECKING_DISABLED = 0x10;
const EDNS = 0x04;

/** Bytes of names as they are compared: without the case of letters. */
const folded = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte));

/**
 * What of a packet decides about its answer, read without making anything of it. One is used again and again: what it
 * says is of the packet it read last.
 */
export class QuestionKey {
  /** The key and, after it, zeros up to the next whole word. */
  readonly words: Uint32Array;
  wordCount = 0;
  hash = 0;
  /** The most bytes that the answer may have. */
  limit = 0;
  /** Where the header and the question end, from the start of the packet. */
  questionEnd = 0;
  /** Where the options of an OPT record are, from the start of the packet; of no bytes where there are none. */
  optionsStart = 0;
  optionsEnd = 0;
  readonly #bytes: Uint8Array;
  readonly #seed: number;

  /** Whoever does not know the seed cannot make questions that have one hash. */
  constructor(seed: number) {
    const memory = new ArrayBuffer(MAX_KEY_BYTES);
    this.words = new Uint32Array(memory);
    this.#bytes = new Uint8Array(memory);
    this.#seed = seed;
  }

  /** False for what is no plain question: then all there is to know of it takes more effort. */
  read(packet: Uint8Array, start: number, length: number, transport: 'udp' | 'tcp'): boolean {
    if (!isPlainHeader(packet, start, length)) return false;
    const end = start + length;
    const nameEnd = this.#readName(packet, start + HEADER_BYTES, end);
    if (nameEnd === 0 || !isForAnswers(packet, nameEnd, end)) return false;
    const typeAt = HEAD_BYTES + nameEnd - start - HEADER_BYTES;
    const bytes = this.#bytes;
    for (let index = 0; index < 4; index++) bytes[typeAt + index] = packet[nameEnd + index] ?? 0;
    const questionEnd = nameEnd + 4;
    this.questionEnd = questionEnd - start;
    this.optionsStart = this.optionsEnd = 0;
    const hasOpt = packet[start + 11] === 1;
    if (hasOpt ? !this.#readOpt(packet, questionEnd, end, start) : questionEnd !== end) return false;

    bytes[0] = headerFlags(shortAt(packet, start + 2));
    let udpSize = 0;
    if (hasOpt) {
      bytes[0] |= ednsFlags(packet[questionEnd + 7] ?? 0);
      udpSize = shortAt(packet, questionEnd + 3);
    }
    this.limit = transport === 'tcp' ? MAX_TCP_BYTES : udpLimit(udpSize);
    bytes[1] = this.limit >> 8;
    bytes[2] = this.limit & 0xff;
    this.#finish(typeAt + 4);
    return true;
  }

  /** Copies the name; where it ends, or 0 where it is none. */
  #readName(packet: Uint8Array, start: number, end: number): number {
    const bytes = this.#bytes;
    const shift = HEAD_BYTES - start;
    let at = start;
    for (;;) {
      const length = packet[at] ?? 0xff;
      if (length > MAX_LABEL_BYTES || at + length >= end || at - start + length >= MAX_NAME_BYTES) return 0;
      bytes[at + shift] = length;
      at++;
      if (length === 0) return at;
      for (const labelEnd = at + length; at < labelEnd; at++) bytes[at + shift] = folded[packet[at] ?? 0] ?? 0;
    }
  }

  /** One OPT record of the version there is, and nothing after it. */
  #readOpt(packet: Uint8Array, at: number, end: number, start: number): boolean {
    if (at + OPT_BYTES > end || packet[at] !== 0 || shortAt(packet, at + 1) !== OPT || packet[at + 6] !== 0)
      return false;
    this.optionsStart = at + OPT_BYTES - start;
    this.optionsEnd = this.optionsStart + shortAt(packet, at + 9);
    return start + this.optionsEnd === end;
  }

  #finish(length: number): void {
    for (let at = length; (at & 3) !== 0; at++) this.#bytes[at] = 0;
    const count = (length + 3) >> 2;
    let hash = this.#seed;
    for (let index = 0; index < count; index++) {
      hash = Math.imul(hash ^ (this.words[index] ?? 0), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    this.wordCount = count;
    this.hash = hash | 0;
  }
}

/** A query with one question, nothing but that, and perhaps one additional record. */
function isPlainHeader(packet: Uint8Array, start: number, length: number): boolean {
  if (length <= HEADER_BYTES || ((packet[start + 2] ?? 0) & 0xf8) !== 0) return false;
  const counts =
    shortAt(packet, start + 4) === 1 && shortAt(packet, start + 6) === 0 && shortAt(packet, start + 8) === 0;
  return counts && shortAt(packet, start + 10) <= 1;
}

const headerFlags = (flags: number) => ((flags >> 8) & RECURSION_DESIRED) | (flags & CHECKING_DISABLED);

/** That there is an OPT record, and its DO bit. */
const ednsFlags = (flags: number) => EDNS | ((flags & 0x80) >> 4);

const udpLimit = (said: number) => Math.min(Math.max(said, MIN_UDP_BYTES), MAX_UDP_BYTES);

/** A type and a class, and no transfer of a zone. */
function isForAnswers(packet: Uint8Array, at: number, end: number): boolean {
  const type = shortAt(packet, at);
  return at + 4 <= end && type !== AXFR && type !== IXFR;
}

function shortAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
