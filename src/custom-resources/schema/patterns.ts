import { RE2JS } from 're2js';
import type { Schema } from './schema.ts';

/** Patterns are Go's: no back references, no look-around, and time that grows only with the text. */
const compiled = new WeakMap<Schema, RE2JS>();

export function matchesPattern(text: string, schema: Schema): boolean {
  const { pattern = '' } = schema;
  let expression = compiled.get(schema);
  if (expression === undefined) {
    expression = RE2JS.compile(pattern);
    compiled.set(schema, expression);
  }
  return expression.matcher(text).find();
}

/** What is wrong with a pattern; `undefined`: nothing. */
export function patternFault(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (err) {
    return err instanceof Error ? err.message : String(err);
  }
}
