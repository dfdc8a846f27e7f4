import { compilePattern } from '../library/regex.ts';
import type { Call } from '../syntax/ast.ts';
import type { LocatedIssue } from '../syntax/issue.ts';
import { CelError } from '../values/cel-error.ts';
import { Duration, Timestamp } from '../values/cel-time.ts';
import type { Checked } from './checked.ts';

/** Constants that would fail every evaluation: patterns, timestamps and durations are looked at when the rule is written. */
export function literalIssues({ overloads }: Checked): LocatedIssue[] {
  return [...overloads.keys()].flatMap((expr) => (expr.kind === 'call' ? issuesOf(expr) : []));
}

function issuesOf(call: Call): LocatedIssue[] {
  const literal = call.args.at(call.name === 'matches' ? -1 : 0);
  if (literal?.kind !== 'literal' || typeof literal.value !== 'string') return [];
  const read = READERS.get(call.name);
  if (read === undefined) return [];
  try {
    read(literal.value);
    return [];
  } catch (err) {
    if (err instanceof CelError) return [{ at: literal.at, message: `invalid ${call.name} argument` }];
    throw err;
  }
}

const READERS: ReadonlyMap<string, (text: string) => unknown> = new Map(
  Object.entries({
    matches: compilePattern,
    timestamp: (text) => Timestamp.parse(text),
    duration: (text) => Duration.parse(text),
  }),
);
