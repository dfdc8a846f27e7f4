import { webcrypto } from 'node:crypto';
import type * as X509 from '@peculiar/x509';

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPairPem {
  readonly certificate: string;
  readonly key: string;
}

export const DAY_MS = 24 * 60 * 60_000;
export const EC_P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Imported only when a certificate is made: it takes longer than a whole API server needs to start. */
export async function x509(): Promise<typeof X509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

export async function generateKeyPair(): Promise<{ readonly pair: webcrypto.CryptoKeyPair; readonly pem: string }> {
  const pair = await webcrypto.subtle.generateKey(EC_P256, true, ['sign', 'verify']);
  const der = await webcrypto.subtle.exportKey('pkcs8', pair.privateKey);
  return { pair, pem: toPem(Buffer.from(der)) };
}

export async function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const body = pem.replaceAll(/-----[^-]+-----|\s/g, '');
  return webcrypto.subtle.importKey('pkcs8', Buffer.from(body, 'base64'), EC_P256, false, ['sign']);
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}
