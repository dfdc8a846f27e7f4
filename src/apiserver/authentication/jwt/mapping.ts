import { invalidValue, type FieldError } from '../../../apimachinery/index.ts';
import type { Claims } from './claims.ts';
import type { Evaluate, Expressions } from './expressions.ts';

/** Makes one thing of what a token claims. Throws an `Error` that says why it cannot. */
export type Mapping<T> = (claims: Claims) => T;

export interface MappingDeps {
  readonly expressions: Expressions;
  readonly report: (fault: FieldError) => void;
}

/** `undefined` when it does not compile, which is reported. */
export function compiled(expression: string, at: string, { expressions, report }: MappingDeps): Evaluate | undefined {
  const result = expressions.compile(expression, { subject: 'claims', isCondition: false });
  if ('evaluate' in result) return result.evaluate;
  report(invalidValue(at, expression, result.problem));
  return undefined;
}

export function textOf(value: unknown, otherwise: string): string {
  if (typeof value !== 'string') throw new Error(otherwise);
  return value;
}

/** A text or a list of texts. Empty ones count as absent. */
export function textsOf(value: unknown): readonly string[] {
  if (value === null) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => {
    const text = textOf(item, 'expression must return a string or a list of strings');
    return text === '' ? [] : [text];
  });
}

/** Says in errors what was being done. */
export function within<A, T>(what: string, work: (argument: A) => T): (argument: A) => T {
  return (argument) => {
    try {
      return work(argument);
    } catch (err) {
      throw new Error(`${what}: ${err instanceof Error ? err.message : String(err)}`, { cause: err });
    }
  };
}
