/** Between what is stored under a key and what it means. */
export interface Transformer {
  /** What it writes begins with; empty for the one that changes nothing. */
  readonly prefix: Buffer;
  encrypt(plain: Uint8Array, key: string): Buffer;
  /** Of what stands behind the prefix. Throws for what it did not write, or not under this key. */
  decrypt(bytes: Uint8Array, key: string): Buffer;
}
