import { RE2JS } from 're2js';

import { CelError } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import type { CelValue } from '../values/cel-value.ts';
import { matchCost, overload, type CallContext, type Overload, type SizeRange } from './overload.ts';
import * as receive from './receive.ts';

export function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (err) {
    throw new CelError(err instanceof Error ? err.message : String(err));
  }
}

const matching = { cost: matchCost };
const finding = {
  cost: matchCost,
  resultSize: ([text]: readonly SizeRange[]): SizeRange => ({ min: 0, max: text?.max ?? 0 }),
};

export const REGEXES: readonly Overload[] = [
  overload('matches', 'string.(string): bool', isFound, matching),
  overload('matches', '(string, string): bool', isFound, matching),
  overload('find', 'string.(string): string', find, finding),
  overload('findAll', 'string.(string): list(string)', ([a, b], context) => findAll([a, b, -1n], context), finding),
  overload('findAll', 'string.(string, int): list(string)', findAll, finding),
];

type Arguments = readonly (CelValue | undefined)[];

function isFound([text, pattern]: Arguments, { pattern: compiled }: CallContext): boolean {
  return compiled(receive.string(pattern)).matcher(receive.string(text)).find();
}

function find([text, pattern]: Arguments, { pattern: compiled }: CallContext): string {
  const matcher = compiled(receive.string(pattern)).matcher(receive.string(text));
  return matcher.find() ? (matcher.group() ?? '') : '';
}

/** At most so many; all when negative. */
function findAll([text, pattern, count]: Arguments, { pattern: compiled }: CallContext): CelList {
  const limit = Number(receive.int(count));
  const found: string[] = [];
  const matcher = compiled(receive.string(pattern)).matcher(receive.string(text));
  while ((limit < 0 || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return CelList.of(found);
}
