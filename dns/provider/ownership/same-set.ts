import { isDeepStrictEqual } from 'node:util';
import type { RecordSet } from '../dns-provider.ts';

/** They answer alike. Data is a set, whatever order a provider tells it in. */
export function sameSet(a: RecordSet, b: RecordSet): boolean {
  return (
    a.type === b.type &&
    a.ttlSeconds === b.ttlSeconds &&
    a.data.length === b.data.length &&
    isDeepStrictEqual([...a.data].sort(), [...b.data].sort()) &&
    isDeepStrictEqual(a.choice, b.choice)
  );
}
