import { keyOf, type KubeObject } from '../../src/apimachinery/index.ts';
import type { MemberCopy } from './federated-type.ts';

/** The copies of an object in those of the clusters that have one. */
export function copiesIn<T extends KubeObject>(
  members: { get(cluster: string, key: string): T | undefined },
  object: T,
  clusters: Iterable<string>,
): readonly MemberCopy<T>[] {
  const copies: MemberCopy<T>[] = [];
  for (const cluster of clusters) {
    const copy = members.get(cluster, keyOf(object));
    if (copy !== undefined) copies.push({ cluster, object: copy });
  }
  return copies;
}
