import { fnv1 } from '../../src/apimachinery/index.ts';

/** An order of clusters of its own for each object, the same whenever it is asked for. */
export function scatter(cluster: string, key: string): number {
  // FNV alone leaves names that differ in their first letter in the same order for most keys.
  let hash = fnv1(`${cluster} ${key}`);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
