/** The bytes of text in which `\DDD` and `\x` stand for one byte; undefined where an escape is cut short or too large. */
export function unescapedBytes(text: string): Buffer | undefined {
  if (!text.includes('\\')) return Buffer.from(text);
  const parts: Buffer[] = [];
  let end = 0;
  for (const [whole, digits, char, plain] of text.matchAll(PIECE)) {
    if (Number(digits) > 255) return undefined;
    parts.push(digits === undefined ? Buffer.from(char ?? plain ?? '') : Buffer.of(Number(digits)));
    end += whole.length;
  }
  return end === text.length ? Buffer.concat(parts) : undefined;
}

/** An escaped byte, an escaped character, or what is not escaped; each goes on where the one before ended. */
const PIECE = /\\(?:(\d{3})|(\D))|([^\\]+)/guy;

/** The bytes as a string in quotes, all that is not printable ASCII escaped. */
export function quoted(bytes: Uint8Array): string {
  let text = '"';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === '\\') text += `\\${char}`;
    else text += byte >= 0x20 && byte < 0x7f ? char : `\\${String(byte).padStart(3, '0')}`;
  }
  return `${text}"`;
}

/**
 * The words of a line: blanks are between them, but for those in quotes and those behind a backslash. As they are written,
 * quotes and backslashes included; undefined when a quote is not closed or the last backslash escapes nothing.
 */
export function wordsOf(line: string): string[] | undefined {
  const found = [...line.matchAll(WORD)];
  const end = found.reduce((at, [word]) => at + word.length, 0);
  return /^[ \t]*$/.test(line.slice(end)) ? found.map(([, word = '']) => word) : undefined;
}

/** Each goes on where the one before ended. */
const WORD = /[ \t]*((?:[^ \t"\\]|\\[^]|"(?:[^"\\]|\\[^])*")+)/gy;

/** What is within the quotes of a word, or the word where it has none; undefined where it has some elsewhere. */
export function withoutQuotes(word: string): string | undefined {
  const inner = word.length >= 2 && word.startsWith('"') && word.endsWith('"') ? word.slice(1, -1) : word;
  return /^(?:[^"\\]|\\[^])*$/.test(inner) ? inner : undefined;
}
