import { safeEncode } from './generate-name.ts';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1, 32 bits, of the text's UTF-8. */
export function fnv1(text: string): number {
  return Buffer.from(text).reduce((hash, byte) => (Math.imul(hash, FNV_PRIME) ^ byte) >>> 0, FNV_OFFSET);
}

/** FNV-1a, 32 bits, of the text's UTF-8. */
export function fnv1a(text: string): number {
  return Buffer.from(text).reduce((hash, byte) => Math.imul(hash ^ byte, FNV_PRIME) >>> 0, FNV_OFFSET);
}

/**
 * The value of the `pod-template-hash` label. The same template always gives the same text, however its fields are
 * ordered; `collisions` makes another one when that name is taken.
 */
export function podTemplateHash(template: unknown, collisions = 0): string {
  const suffix = collisions === 0 ? '' : `#${collisions}`;
  return safeEncode(String(fnv1a(`${stableJson(template)}${suffix}`)));
}

/** JSON with the fields of every object in alphabetical order: equal values give equal texts. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_field, content: unknown) =>
    typeof content === 'object' && content !== null && !Array.isArray(content)
      ? Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)))
      : content,
  );
}
