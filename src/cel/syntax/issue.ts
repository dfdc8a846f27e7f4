import type { CelIssue } from '../contract.ts';
import { toCodePoints } from '../values/code-points.ts';

/** A fault of an expression, where it is. */
export class CelSyntaxError extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.name = 'CelSyntaxError';
    this.at = at;
  }
}

export interface LocatedIssue {
  readonly at: number;
  readonly message: string;
}

export function issueAt(source: string, { at, message }: LocatedIssue): CelIssue {
  const before = source.slice(0, at).split('\n');
  return { line: before.length, column: toCodePoints(before.at(-1) ?? '').length + 1, message };
}

/** The way the reference implementation shows an issue: where, what, the line and a caret below it. */
export function formatIssue(source: string, { line, column, message }: CelIssue): string {
  const text = source.split('\n')[line - 1] ?? '';
  return `ERROR: <input>:${line}:${column}: ${message}\n | ${text.replaceAll('\t', ' ')}\n | ${'.'.repeat(column - 1)}^`;
}
