import type { RE2JS } from 're2js';

import { compilePattern } from '../library/regex.ts';

/** Patterns that data brought along are kept too, and each takes kilobytes. */
const MAX_KEPT = 64;

/** The compiled patterns of one program: every evaluation asks for the same ones. */
export function createPatterns(): (text: string) => RE2JS {
  const kept = new Map<string, RE2JS>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const compiled = compilePattern(text);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(text, compiled);
    return compiled;
  };
}
