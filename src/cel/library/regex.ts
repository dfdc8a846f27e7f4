import { RE2JS } from 're2js';

import { CelError } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import { matchCost, overload, type Overload } from './overload.ts';
import * as receive from './receive.ts';

/** Compiled patterns are kept while they are in use; each takes kilobytes. */
const MAX_KEPT = 256;

/** The same pattern is asked for by every evaluation of an expression. Matching takes linear time whatever it says. */
class Patterns {
  readonly #kept = new Map<string, RE2JS>();

  get(pattern: string): RE2JS {
    const known = this.#kept.get(pattern);
    if (known !== undefined) return known;
    const compiled = compilePattern(pattern);
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(pattern, compiled);
    return compiled;
  }
}

export function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (err) {
    throw new CelError(err instanceof Error ? err.message : String(err));
  }
}

export function regexLibrary(): readonly Overload[] {
  const patterns = new Patterns();
  const isFound = (text: string, pattern: string): boolean => patterns.get(pattern).matcher(text).find();
  return [
    overload('matches', 'string.(string): bool', ([a, b]) => isFound(receive.string(a), receive.string(b)), {
      cost: matchCost,
    }),
    overload('matches', '(string, string): bool', ([a, b]) => isFound(receive.string(a), receive.string(b)), {
      cost: matchCost,
    }),
    overload(
      'find',
      'string.(string): string',
      ([a, b]) => {
        const matcher = patterns.get(receive.string(b)).matcher(receive.string(a));
        return matcher.find() ? (matcher.group() ?? '') : '';
      },
      { cost: matchCost, resultSize: ([text]) => ({ min: 0, max: text?.max ?? 0 }) },
    ),
    overload(
      'findAll',
      'string.(string): list(string)',
      ([a, b]) => findAll(patterns.get(receive.string(b)), receive.string(a), -1),
      { cost: matchCost, resultSize: ([text]) => ({ min: 0, max: text?.max ?? 0 }) },
    ),
    overload(
      'findAll',
      'string.(string, int): list(string)',
      ([a, b, n]) => findAll(patterns.get(receive.string(b)), receive.string(a), Number(receive.int(n))),
      { cost: matchCost, resultSize: ([text]) => ({ min: 0, max: text?.max ?? 0 }) },
    ),
  ];
}

/** At most so many; all when negative. */
function findAll(pattern: RE2JS, text: string, limit: number): CelList {
  const found: string[] = [];
  const matcher = pattern.matcher(text);
  while ((limit < 0 || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return CelList.of(found);
}
