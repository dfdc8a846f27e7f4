/** In which base the three digits of an escaped byte are: 10 by RFC 1035 §5.1, 8 at Route 53. */
export type EscapeBase = 8 | 10;

const MAX_STRING_BYTES = 255;

/** `text` as quoted character strings of at most 255 bytes. */
export function quoteText(text: string, base: EscapeBase): string {
  const bytes = Buffer.from(text, 'utf8');
  const strings: string[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += MAX_STRING_BYTES) {
    strings.push(`"${[...bytes.subarray(at, at + MAX_STRING_BYTES)].map((byte) => quoteByte(byte, base)).join('')}"`);
  }
  return strings.join(' ');
}

function quoteByte(byte: number, base: EscapeBase): string {
  const character = String.fromCharCode(byte);
  if (character === '"' || character === '\\') return `\\${character}`;
  return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(base).padStart(3, '0')}`;
}

const STRINGS = /"((?:[^"\\]|\\.)*)"|(\S+)/gs;

/** What the character strings in `quoted` say, one after the other; strings without quotes are taken as they are. */
export function unquoteText(quoted: string, base: EscapeBase): string {
  const parts = [...quoted.matchAll(STRINGS)].map(([, inQuotes, bare]) => inQuotes ?? bare ?? '');
  return Buffer.concat(parts.map((part) => unescapeText(part, base))).toString('utf8');
}

const ESCAPED = /\\(\d{3}|.)|[^\\]+/gsu;

function unescapeText(part: string, base: EscapeBase): Buffer {
  const pieces = [...part.matchAll(ESCAPED)].map(([piece, escaped]) => {
    if (escaped === undefined) return Buffer.from(piece, 'utf8');
    return escaped.length === 3 ? Buffer.from([parseInt(escaped, base) & 0xff]) : Buffer.from(escaped, 'utf8');
  });
  return Buffer.concat(pieces);
}
