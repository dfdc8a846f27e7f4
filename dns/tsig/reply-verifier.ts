import { TsigError, tsigErrorName } from './tsig-error.ts';
import type { TsigKey } from './tsig-key.ts';
import { macOf, sameMac } from './tsig-mac.ts';
import { splitTsig, type TsigRecord } from './tsig-record.ts';

/** So many messages of one answer may follow each other unsigned (RFC 8945 §5.3.1). */
const MAX_UNSIGNED = 99;

/** Checks the answer to one request, message by message in their order. */
export class ReplyVerifier {
  readonly #key: TsigKey;
  #prior: Buffer;
  #first = true;
  #unsigned: Buffer[] = [];

  constructor(key: TsigKey, requestMac: Buffer) {
    this.#key = key;
    this.#prior = requestMac;
  }

  /**
   * The message without its signature. Throws `TsigError` when it is not what the other side signed, or when that says
   * that our request was not; `FormatError` on a message that cannot be read. An unsigned one in the middle of a
   * stream is trusted only when a later one vouches for it: see `end`.
   */
  open(packet: Buffer, nowSeconds: number): Buffer {
    const split = splitTsig(packet);
    if (split === undefined) {
      if (this.#first) throw new TsigError('the answer is not signed');
      this.#unsigned.push(Buffer.from(packet));
      if (this.#unsigned.length > MAX_UNSIGNED) throw new TsigError('too many messages without a signature');
      return packet;
    }
    const { message, tsig } = split;
    this.#check(message, tsig, nowSeconds);
    this.#prior = tsig.mac;
    this.#first = false;
    this.#unsigned = [];
    return message;
  }

  /** Throws `TsigError` when the last message was not signed. */
  end(): void {
    if (this.#first || this.#unsigned.length > 0) throw new TsigError('the end of the answer is not signed');
  }

  #check(message: Buffer, tsig: TsigRecord, nowSeconds: number): void {
    const { name, algorithm } = this.#key;
    if (tsig.keyName !== name || tsig.algorithm !== algorithm)
      throw new TsigError('the answer is signed with another key');
    if (tsig.mac.length === 0 && tsig.error !== 0) {
      throw new TsigError(`the server does not accept the signature: ${tsigErrorName(tsig.error)}`);
    }
    const context = { prior: this.#prior, timersOnly: !this.#first, unsigned: this.#unsigned };
    if (!sameMac(tsig.mac, macOf(this.#key, message, tsig, context))) {
      throw new TsigError('the signature of the answer is wrong');
    }
    if (tsig.error !== 0) throw new TsigError(`the server does not accept the signature: ${tsigErrorName(tsig.error)}`);
    if (Math.abs(nowSeconds - tsig.timeSeconds) > tsig.fudgeSeconds) {
      throw new TsigError(`the answer was signed ${Math.abs(nowSeconds - tsig.timeSeconds)} s away from our time`);
    }
  }
}
