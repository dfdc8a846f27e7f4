import { ReplyVerifier } from './reply-verifier.ts';
import { signMessage } from './reply-signer.ts';
import type { TsigKey } from './tsig-key.ts';

export interface SignedRequest {
  readonly packet: Buffer;
  /** Of the answer to this request. */
  readonly replies: ReplyVerifier;
}

/** A request to be sent as it is: another id or byte would break the signature. */
export function signRequest(message: Buffer, key: TsigKey, nowSeconds: number): SignedRequest {
  const { packet, mac } = signMessage(key, message, { timeSeconds: nowSeconds });
  return { packet, replies: new ReplyVerifier(key, mac) };
}
