import nacl from 'tweetnacl';
import { kept } from './kept.ts';
import type { Transformer } from './transformer.ts';

/** XSalsa20-Poly1305 as NaCl's `secretbox`: nonce, then tag and ciphertext. */
export function secretbox(prefix: Buffer, secret: Uint8Array): Transformer {
  const { nonceLength } = nacl.secretbox;
  return {
    prefix,
    encrypt: (plain) => {
      const nonce = nacl.randomBytes(nonceLength);
      return kept([prefix, nonce, nacl.secretbox(plain, nonce, secret)]);
    },
    decrypt: (bytes) => {
      if (bytes.length < nonceLength) throw new Error('the stored data was shorter than the required size');
      const plain = nacl.secretbox.open(bytes.subarray(nonceLength), bytes.subarray(0, nonceLength), secret);
      if (!plain) throw new Error('secretbox: message authentication failed');
      return kept([plain]);
    },
  };
}
