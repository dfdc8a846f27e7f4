import { parseJson } from './exact-integer.ts';

export interface Decoded {
  readonly value: unknown;
  /** Paths of fields that stood twice in one object, such as `spec.containers[0].name`; the last one won. */
  readonly duplicates: readonly string[];
}

/** Deeper than any object is, and shallow enough for everything that walks one. */
export const MAX_DEPTH = 1000;

/**
 * Parses JSON and tells of duplicate keys, which `JSON.parse` alone hides. Throws `SyntaxError` as that does, and for
 * more nesting than is good.
 */
export function decodeJson(text: string): Decoded {
  const keys = countKeysInText(text);
  const value = parseJson(text);
  const duplicates = keys === countKeys(value) ? [] : findDuplicates(text);
  return { value, duplicates };
}

/** Every colon outside a string ends a key, if the text is JSON at all. Before parsing: that is slow for deep nesting. */
function countKeysInText(text: string): number {
  let keys = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case QUOTE:
        index = endOfString(text, index);
        break;
      case COLON:
        keys += 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        if (depth > MAX_DEPTH) throw new SyntaxError('exceeded max depth');
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
    }
  }
  return keys;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += countKeys(item);
    return keys;
  }
  for (const content of Object.values(value)) keys += 1 + countKeys(content);
  return keys;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Index of the closing quote, or of the end of a text that has none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    if (end === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\],]/g;

/** One open bracket. `keys` is absent for a list; `key` and `index` are where the reader is. */
interface Container {
  readonly path: string;
  readonly keys: Set<string> | undefined;
  key: string;
  index: number;
}

/** A walk over text that is known to be JSON: only brackets, keys and commas matter. */
function findDuplicates(text: string): readonly string[] {
  const duplicates = new Set<string>();
  const open: Container[] = [];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    const container = open.at(-1);
    if (token === '{' || token === '[') open.push(enter(container, token === '{'));
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',' && container !== undefined) container.index += 1;
    else if (colon !== undefined && container?.keys !== undefined) {
      container.key = String(JSON.parse(token.slice(0, -colon.length)));
      if (container.keys.has(container.key)) duplicates.add(joinPath(container.path, container.key));
      container.keys.add(container.key);
    }
  }
  return [...duplicates];
}

function enter(parent: Container | undefined, isObject: boolean): Container {
  const keys = isObject ? new Set<string>() : undefined;
  return { path: parent === undefined ? '' : currentPath(parent), keys, key: '', index: 0 };
}

function currentPath({ path, keys, key, index }: Container): string {
  return keys === undefined ? `${path}[${index}]` : joinPath(path, key);
}

export function joinPath(parent: string, field: string): string {
  return parent === '' ? field : `${parent}.${field}`;
}
