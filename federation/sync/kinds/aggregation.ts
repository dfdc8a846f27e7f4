import { deepEqual, parseTime } from '../../../src/apimachinery/index.ts';
import type { StatusContext } from '../federated-type.ts';

/** The object with another status; the same object when that says nothing new. */
export function withStatus<T extends { readonly status?: object }>(object: T, status: NonNullable<T['status']>): T {
  return deepEqual(object.status ?? {}, status) ? object : { ...object, status };
}

/** Adds up one field of all copies. */
export function sumOf<F extends string>(
  copies: readonly { readonly object: { readonly status?: { readonly [K in F]?: number } } }[],
): (field: F) => number {
  return (field) => copies.reduce((total, { object }) => total + (object.status?.[field] ?? 0), 0);
}

/** Counts of zero are left out, as Kubernetes does. */
export function nonZero<F extends string>(
  fields: Readonly<Record<F, number>>,
  sum: (field: NoInfer<F>) => number,
): Partial<Record<F, number>> {
  const result: Partial<Record<F, number>> = {};
  for (const field in fields) {
    const value = sum(field);
    if (value !== 0) result[field] = value;
  }
  return result;
}

/** The federation's own generation, as soon as every member has it and has looked at it. */
export function observedGeneration(
  object: {
    readonly metadata: { readonly generation?: number };
    readonly status?: { readonly observedGeneration?: number };
  },
  copies: readonly { readonly object: typeof object }[],
  { isSettled }: Pick<StatusContext, 'isSettled'>,
): number | undefined {
  const observed = copies.every(
    (copy) => (copy.object.status?.observedGeneration ?? 0) >= (copy.object.metadata.generation ?? 0),
  );
  return isSettled && observed ? object.metadata.generation : object.status?.observedGeneration;
}

/** What all say alike; nothing where they differ. */
export function agreed<V>(values: readonly V[]): V | undefined {
  const [first, ...rest] = values;
  return rest.every((value) => deepEqual(value, first)) ? first : undefined;
}

export function earliest(times: readonly (string | undefined)[]): string | undefined {
  return inOrder(times)[0];
}

export function latest(times: readonly (string | undefined)[]): string | undefined {
  return inOrder(times).at(-1);
}

function inOrder(times: readonly (string | undefined)[]): readonly string[] {
  return times
    .filter((time) => time !== undefined)
    .sort((left, right) => (parseTime(left) ?? 0) - (parseTime(right) ?? 0));
}

/** The fields that have a value. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // @NOTE the fields without value, all that differs between the two types, are left out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
