import type { KubeObject } from '../../../apimachinery/index.ts';
import type { Source } from './source.ts';

/** What `make` makes of all objects of a source; made again after a change, when it is next asked for. */
export function derived<T extends KubeObject, R>(source: Source<T>, make: (objects: readonly T[]) => R): () => R {
  let made: { readonly value: R } | undefined;
  source.onEvent(() => {
    made = undefined;
  });
  return () => {
    made ??= { value: make(source.lister.list()) };
    return made.value;
  };
}

export function byName(a: KubeObject, b: KubeObject): number {
  const [left = '', right = ''] = [a.metadata.name, b.metadata.name];
  return left < right ? -1 : Number(left > right);
}
