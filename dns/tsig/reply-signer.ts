import type { TsigKey } from './tsig-key.ts';
import { macOf } from './tsig-mac.ts';
import { tsigBytes, withTsig, type TsigRecord } from './tsig-record.ts';

/** What both sides allow their clocks to differ (RFC 8945 §10). */
export const FUDGE_SECONDS = 300;

const noBytes = Buffer.alloc(0);

/** Signs one message with what was signed before it. */
export function signMessage(
  key: TsigKey,
  message: Buffer,
  { timeSeconds, prior, timersOnly = false }: { timeSeconds: number; prior?: Buffer; timersOnly?: boolean },
): { readonly packet: Buffer; readonly mac: Buffer } {
  const unsigned: Omit<TsigRecord, 'mac'> = {
    keyName: key.name,
    algorithm: key.algorithm,
    timeSeconds,
    fudgeSeconds: FUDGE_SECONDS,
    originalId: message.readUInt16BE(0),
    error: 0,
    other: noBytes,
  };
  const mac = macOf(key, message, unsigned, { ...(prior === undefined ? {} : { prior }), timersOnly });
  return { packet: withTsig(message, { ...unsigned, mac }), mac };
}

/** Signs the answer to one request; of an answer in several messages each with regard to the one before. */
export class ReplySigner {
  readonly #key: TsigKey;
  #prior: Buffer;
  #first = true;

  constructor(key: TsigKey, requestMac: Buffer) {
    this.#key = key;
    this.#prior = requestMac;
  }

  /** How much longer a message is with its signature. */
  get bytes(): number {
    const { name: keyName, algorithm } = this.#key;
    return tsigBytes({ keyName, algorithm, mac: this.#prior, other: noBytes });
  }

  sign(message: Buffer, nowSeconds: number): Buffer {
    const { packet, mac } = signMessage(this.#key, message, {
      timeSeconds: nowSeconds,
      prior: this.#prior,
      timersOnly: !this.#first,
    });
    this.#prior = mac;
    this.#first = false;
    return packet;
  }
}
