const OFFSET_BASIS = 2166136261;
const PRIME = 16777619;

/** FNV-1 (multiply, then xor; not FNV-1a), 32 bits, of the UTF-8 bytes. Part of the planner's contract: it decides ties. */
export function fnv1Hash32(text: string): number {
  let hash = OFFSET_BASIS;
  for (const byte of Buffer.from(text, 'utf8')) {
    hash = (Math.imul(hash, PRIME) ^ byte) >>> 0;
  }
  return hash;
}
