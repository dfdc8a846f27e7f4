import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../src/component-base/index.ts';
import { SipHash } from './siphash.ts';

export interface CookieOptions {
  /**
   * Of 16 bytes each. The first makes cookies, those of all are taken: servers that answer at one address have them in
   * common. Without any, one that nobody else knows.
   */
  readonly secrets?: readonly Uint8Array[];
  /** Clients that have shown a cookie of theirs, but none of ours, must come again with it (BADCOOKIE); false. */
  readonly required?: boolean;
}

/**
 * What a client's cookie is worth: with a cookie that we gave to its address lately, with none that we know, or not
 * what RFC 7873 §4 describes.
 */
export type CookieVerdict = 'good' | 'unknown' | 'malformed';

/** The bytes of the option in every answer of ours. */
export const COOKIE_BYTES = 24;

const CLIENT_COOKIE_BYTES = 8;
const MIN_SENT_BYTES = 16;
const MAX_SENT_BYTES = 40;
const HASH_AT = 16;
const VERSION = 1;
export const COOKIE_SECRET_BYTES = 16;

/** RFC 9018 §4.3. */
const MAX_AGE_SECONDS = 3600;
const RENEW_AFTER_SECONDS = 1800;
const MAX_AHEAD_SECONDS = 300;

/** Cookies of a server (RFC 7873), made as RFC 9018 §4 has it, so that other servers with the same secrets take them. */
export class ServerCookies {
  readonly required: boolean;
  readonly #hashes: readonly SipHash[];
  readonly #clock: Clock;
  /** Client cookie, version, reserved, time, address. */
  readonly #message = new Uint8Array(HASH_AT + 16);
  readonly #hash = new Uint8Array(8);

  constructor({ secrets = [], required = false }: CookieOptions, clock: Clock) {
    for (const secret of secrets) {
      if (secret.length !== COOKIE_SECRET_BYTES)
        throw new TypeError(`a cookie secret has ${COOKIE_SECRET_BYTES} bytes`);
    }
    this.#hashes = (secrets.length === 0 ? [randomBytes(COOKIE_SECRET_BYTES)] : secrets).map(
      (secret) => new SipHash(secret),
    );
    this.#clock = clock;
    this.required = required;
  }

  /**
   * Judges the data of a client's option and writes those of the answer's, 24 bytes, into `reply`; nothing when they
   * are malformed. `address` has 4 or 16 bytes.
   */
  answer(sent: Uint8Array, address: Uint8Array, reply: Uint8Array): CookieVerdict {
    if (sent.length !== CLIENT_COOKIE_BYTES && (sent.length < MIN_SENT_BYTES || sent.length > MAX_SENT_BYTES)) {
      return 'malformed';
    }
    const now = Math.floor(this.#clock.now() / 1000) >>> 0;
    const age = this.#ageOf(sent, address, now);
    if (age !== undefined && age <= RENEW_AFTER_SECONDS) {
      reply.set(sent);
      return 'good';
    }
    this.#begin(sent, now, address);
    const message = this.#message;
    for (let at = 0; at < HASH_AT; at++) reply[at] = message[at] ?? 0;
    this.#hashes[0]?.write(message, HASH_AT + address.length, reply, HASH_AT);
    return age === undefined ? 'unknown' : 'good';
  }

  /** How many seconds ago we gave this address the cookie; undefined when we did not, or too long ago. */
  #ageOf(sent: Uint8Array, address: Uint8Array, now: number): number | undefined {
    if (sent.length !== COOKIE_BYTES || sent[CLIENT_COOKIE_BYTES] !== VERSION) return undefined;
    const made = (((sent[12] ?? 0) << 24) | ((sent[13] ?? 0) << 16) | ((sent[14] ?? 0) << 8) | (sent[15] ?? 0)) >>> 0;
    // Serial numbers: they come round in 2106.
    const age = (now - made) | 0;
    if (age > MAX_AGE_SECONDS || age < -MAX_AHEAD_SECONDS) return undefined;
    const message = this.#message;
    this.#begin(sent, made, address);
    for (let at = CLIENT_COOKIE_BYTES; at < HASH_AT; at++) message[at] = sent[at] ?? 0;
    return this.#hashes.some((hash) => this.#matches(hash, sent, address.length)) ? age : undefined;
  }

  #matches(hash: SipHash, sent: Uint8Array, addressBytes: number): boolean {
    hash.write(this.#message, HASH_AT + addressBytes, this.#hash, 0);
    let difference = 0;
    for (let at = 0; at < 8; at++) difference |= (this.#hash[at] ?? 0) ^ (sent[HASH_AT + at] ?? 0);
    return difference === 0;
  }

  #begin(sent: Uint8Array, seconds: number, address: Uint8Array): void {
    const message = this.#message;
    for (let at = 0; at < CLIENT_COOKIE_BYTES; at++) message[at] = sent[at] ?? 0;
    message.set([VERSION, 0, 0, 0, seconds >>> 24, seconds >>> 16, seconds >>> 8, seconds], CLIENT_COOKIE_BYTES);
    message.set(address, HASH_AT);
  }
}
