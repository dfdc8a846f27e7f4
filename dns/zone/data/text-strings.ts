import { isUtf8 } from 'node:buffer';
import { quoted, unescapedBytes, withoutQuotes, wordsOf } from './character-string.ts';

/** What one character string of TXT can have. */
const MAX_STRING_BYTES = 255;
const MAX_DATA_BYTES = 0xffff;

/**
 * The character strings of an item of TXT data. An item that begins with a quote has strings in quotes, `"a" "b\010"`; any
 * other is a text as it is, cut into strings where it is longer than one can be.
 */
export function textStrings(item: string): readonly Buffer[] {
  return item.startsWith('"') ? (stringsInQuotes(item) ?? []) : cut(Buffer.from(item));
}

/** The item of TXT data that has just these strings, in its one form: without quotes where that is possible. */
export function textItem(strings: readonly Uint8Array[]): string {
  const bytes = Buffer.concat(strings);
  const isCutAlike =
    cut(bytes)
      .map(({ length }) => length)
      .join() === strings.map(({ length }) => length).join();
  const text = isCutAlike && isUtf8(bytes) ? bytes.toString() : undefined;
  return text === undefined || text.startsWith('"') ? strings.map(quoted).join(' ') : text;
}

export function textProblem(item: string): string | undefined {
  const strings = item.startsWith('"') ? stringsInQuotes(item) : cut(Buffer.from(item));
  if (strings === undefined) return `${JSON.stringify(item)} is not a list of strings in quotes`;
  if (strings.some((string) => string.length > MAX_STRING_BYTES)) {
    return `a string of a text is longer than ${MAX_STRING_BYTES} bytes`;
  }
  const bytes = strings.reduce((sum, string) => sum + 1 + string.length, 0);
  return bytes > MAX_DATA_BYTES ? `a text is longer than ${MAX_DATA_BYTES} bytes` : undefined;
}

function stringsInQuotes(item: string): Buffer[] | undefined {
  const strings: Buffer[] = [];
  for (const word of wordsOf(item) ?? ['"']) {
    const inner = word.startsWith('"') ? withoutQuotes(word) : undefined;
    const bytes = inner === undefined ? undefined : unescapedBytes(inner);
    if (bytes === undefined) return undefined;
    strings.push(bytes);
  }
  return strings;
}

function cut(bytes: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  for (let from = 0; from === 0 || from < bytes.length; from += MAX_STRING_BYTES) {
    strings.push(bytes.subarray(from, from + MAX_STRING_BYTES));
  }
  return strings;
}
