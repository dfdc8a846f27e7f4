import type { Fields } from './fields.ts';

/** A kind in a version that Kubernetes no longer serves. Objects are given and returned without `apiVersion` and `kind`. */
export interface LegacyKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** What became of it. */
  readonly modern: { readonly apiVersion: string; readonly kind: string };
  /** Fills in what this version means by saying nothing, where its successor means something else. */
  readonly toModern: (object: Fields) => Fields;
  /** Absent where nobody could read the result: servers have not taken it since 2015. */
  readonly fromModern?: (object: Fields) => Fields;
}

const same = (object: Fields): Fields => object;

/** Versions whose objects look as those of the successor do. */
export function renamed(apiVersion: string, modern: string, kinds: readonly string[]): readonly LegacyKind[] {
  return kinds.map((kind) => ({
    apiVersion,
    kind,
    modern: { apiVersion: modern, kind },
    toModern: same,
    fromModern: same,
  }));
}
