import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { EncryptionKey, EncryptionProvider } from './configuration.ts';
import { kept } from './kept.ts';
import { secretbox } from './secretbox.ts';
import type { Transformer } from './transformer.ts';

const GCM_NONCE_BYTES = 12;
const GCM_TAG_BYTES = 16;
const CBC_BLOCK_BYTES = 16;
const ENCRYPTED = Buffer.from('k8s:enc:');

export const isEncrypted = (value: Uint8Array): boolean => startsWith(value, ENCRYPTED);

export function startsWith(value: Uint8Array, prefix: Uint8Array): boolean {
  if (value.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (value[i] !== prefix[i]) return false;
  return true;
}

/** One for each key, the one that writes first. */
export function transformersOf(provider: EncryptionProvider): readonly Transformer[] {
  switch (provider.type) {
    case 'identity':
      return [identity];
    case 'aescbc':
      return provider.keys.map(aesCbc);
    case 'aesgcm':
      return provider.keys.map(aesGcm);
    case 'secretbox':
      return provider.keys.map((key) => secretbox(prefixOf('secretbox', key), key.secret));
  }
}

const identity: Transformer = {
  prefix: Buffer.alloc(0),
  encrypt: (plain) => Buffer.from(plain),
  decrypt: (bytes) => {
    if (isEncrypted(bytes)) throw new Error('identity transformer tried to read encrypted data');
    return Buffer.from(bytes);
  },
};

const prefixOf = (type: string, { name }: EncryptionKey) => Buffer.from(`k8s:enc:${type}:v1:${name}:`);

/** Nonce, ciphertext, tag; the storage key is authenticated, so that a value is of use in its own place only. */
function aesGcm(secret: EncryptionKey): Transformer {
  const cipher = `aes-${secret.secret.length * 8}-gcm` as const;
  const prefix = prefixOf('aesgcm', secret);
  return {
    prefix,
    encrypt: (plain, key) => {
      const nonce = randomBytes(GCM_NONCE_BYTES);
      // @NOTE the length of the secret was checked to be one that AES has.
      const stream = createCipheriv(cipher as 'aes-256-gcm', secret.secret, nonce).setAAD(Buffer.from(key));
      return kept([prefix, nonce, stream.update(plain), stream.final(), stream.getAuthTag()]);
    },
    decrypt: (bytes, key) => {
      if (bytes.length < GCM_NONCE_BYTES + GCM_TAG_BYTES)
        throw new Error('the stored data was shorter than the required size');
      const nonce = bytes.subarray(0, GCM_NONCE_BYTES);
      // @NOTE as above.
      const stream = createDecipheriv(cipher as 'aes-256-gcm', secret.secret, nonce, { authTagLength: GCM_TAG_BYTES })
        .setAAD(Buffer.from(key))
        .setAuthTag(bytes.subarray(-GCM_TAG_BYTES));
      return opened(stream, bytes.subarray(GCM_NONCE_BYTES, -GCM_TAG_BYTES), 'cipher: message authentication failed');
    },
  };
}

/** Initialization vector, ciphertext with PKCS #7 padding. */
function aesCbc(secret: EncryptionKey): Transformer {
  const cipher = `aes-${secret.secret.length * 8}-cbc`;
  const prefix = prefixOf('aescbc', secret);
  return {
    prefix,
    encrypt: (plain) => {
      const vector = randomBytes(CBC_BLOCK_BYTES);
      const stream = createCipheriv(cipher, secret.secret, vector);
      return kept([prefix, vector, stream.update(plain), stream.final()]);
    },
    decrypt: (bytes) => {
      if (bytes.length < CBC_BLOCK_BYTES) throw new Error('the stored data was shorter than the required size');
      const stream = createDecipheriv(cipher, secret.secret, bytes.subarray(0, CBC_BLOCK_BYTES));
      return opened(stream, bytes.subarray(CBC_BLOCK_BYTES), 'invalid padding on input');
    },
  };
}

interface Opening {
  update(bytes: Uint8Array): Buffer;
  final(): Buffer;
}

/** OpenSSL's own words say nothing. */
function opened(stream: Opening, bytes: Uint8Array, refusal: string): Buffer {
  try {
    return kept([stream.update(bytes), stream.final()]);
  } catch (cause) {
    throw new Error(refusal, { cause });
  }
}
