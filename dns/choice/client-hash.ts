import type { ClientAddress } from './client-address.ts';

/** Clients nearer to each other than this are taken for one: what resolvers tell at most (RFC 7871 §11.1). */
const CLIENT_BITS = { v4: 24, v6: 56 } as const;

/** Bits of an address that its hash depends on. */
export function clientBits({ bytes, prefixLength }: ClientAddress): number {
  return Math.min(prefixLength, bytes.length === 4 ? CLIENT_BITS.v4 : CLIENT_BITS.v6);
}

/** The same for all addresses of one client network, today and tomorrow. */
export function hashClient(client: ClientAddress): number {
  const bits = clientBits(client);
  let hash = FNV_OFFSET;
  for (let at = 0; at * 8 < bits; at++) {
    const kept = Math.min(bits - at * 8, 8);
    hash = Math.imul(hash ^ ((client.bytes[at] ?? 0) & (0xff00 >> kept)), FNV_PRIME);
  }
  return mixed(hash);
}

export function hashText(text: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return mixed(hash);
}

/** Above 0 and below 1, evenly, for each pair of hashes. */
export function draw(client: number, candidate: number): number {
  return (mixed(client ^ Math.imul(candidate, 0x9e3779b1)) + 0.5) / 0x1_0000_0000;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Murmur3's end: each bit of what comes in changes half of those that go out. */
function mixed(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
