import { isObject } from '../json.ts';
import { isEmptySet, LEAF, SELF, type FieldSet, type FieldSetBuilder } from './field-set.ts';
import { canonicalElement } from './path-element.ts';

/** Reads `fieldsV1` as a client sent it. Throws `SyntaxError` for what is no set of fields. */
export function parseFieldSet(fieldsV1: unknown): FieldSet {
  if (!isObject(fieldsV1)) throw new SyntaxError('fieldsV1 is not an object');
  const set: FieldSetBuilder = {};
  for (const [text, content] of Object.entries(fieldsV1)) {
    if (text === SELF) continue;
    const element = canonicalElement(text);
    if (element === undefined) continue;
    set[element] = parseNode(content);
  }
  return set;
}

function parseNode(content: unknown): FieldSet {
  const children = parseFieldSet(content);
  const isMember = isObject(content) && content[SELF] !== undefined;
  return isMember && !isEmptySet(children) ? { [SELF]: LEAF, ...children } : children;
}
