import { CelList } from './cel-list.ts';
import { CelMap } from './cel-map.ts';
import type { CelValue } from './cel-value.ts';

/** Code points, bytes or elements; `undefined` for what has no size. */
export function sizeOf(value: CelValue): number | undefined {
  if (typeof value === 'string') return codePoints(value);
  if (value instanceof Uint8Array) return value.length;
  return value instanceof CelList || value instanceof CelMap ? value.size : undefined;
}

/** Surrogate pairs count once. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff && index + 1 < text.length) {
      count -= 1;
      index += 1;
    }
  }
  return count;
}
