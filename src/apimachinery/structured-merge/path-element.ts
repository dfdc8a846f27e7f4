import { parseJson } from '../exact-integer.ts';
import { isObject } from '../json.ts';
import type { FieldPath } from './field-set.ts';

export const fieldElement = (name: string) => `f:${name}`;
export const valueElement = (value: unknown) => `v:${goJson(value)}`;

/** `key` holds the list's key fields; they stand in alphabetical order. */
export function keyElement(key: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(key).sort();
  return `k:{${names.map((name) => `${goJson(name)}:${goJson(key[name])}`).join(',')}}`;
}

/** Go writes these characters of JSON as escapes, and elements are compared by their text. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/**
 * An element in the form that sets are compared in. `undefined` for kinds of elements that nobody knows, which are
 * ignored; throws `SyntaxError` for what is none.
 */
export function canonicalElement(text: string): string | undefined {
  if (text.length < 2) throw new SyntaxError('key must be 2 characters long:');
  if (text.charAt(1) !== ':') throw new SyntaxError(`missing colon: ${text}`);
  const content = text.slice(2);
  switch (text.charAt(0)) {
    case 'f':
      return text;
    case 'v':
      return valueElement(parseJson(content));
    case 'k': {
      const key = parseJson(content);
      if (!isObject(key)) throw new SyntaxError(`not an object: ${content}`);
      return keyElement(key);
    }
    case 'i':
      if (!/^-?\d+$/.test(content)) throw new SyntaxError(`not an index: ${content}`);
      return text;
    default:
      return undefined;
  }
}

/** `.spec.containers[name="web"].image`, as messages have it. */
export function formatPath(path: FieldPath): string {
  return path.map(formatElement).join('');
}

export function formatElement(element: string): string {
  const content = element.slice(2);
  switch (element.charAt(0)) {
    case 'f':
      return `.${content}`;
    case 'v':
      return `[=${content}]`;
    case 'k': {
      const key = parseJson(content);
      const fields = isObject(key) ? Object.entries(key) : [];
      return `[${fields.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    }
    default:
      return `[${content}]`;
  }
}
