import { textItem, textStrings, type AnyRecordSet } from '../zone/index.ts';
import { withDots, withoutDots } from './remote/absolute-data.ts';

/** One record's data as master files have it (RFC 1035 §5.1): names end in a dot, texts are in quotes. */
export function masterData(type: AnyRecordSet['type'], item: string): string {
  return type === 'TXT' ? textStrings(item).map(quoted).join(' ') : withDots(type, item);
}

/** What `masterData` makes of which it is; what others wrote need not have been made by it. */
export function fromMasterData(type: AnyRecordSet['type'], text: string): string {
  return type === 'TXT' ? textItem(strings(text)) : withoutDots(type, text);
}

/** A name that somebody else wrote, as names are here. */
export const absoluteName = (name: string): string => name.replace(/\.$/, '').toLowerCase();

function quoted(string: Uint8Array): string {
  return `"${[...string].map(quotedByte).join('')}"`;
}

function quotedByte(byte: number): string {
  const char = String.fromCharCode(byte);
  if (char === '"' || char === '\\') return `\\${char}`;
  return byte >= 0x20 && byte < 0x7f ? char : `\\${String(byte).padStart(3, '0')}`;
}

/** An escaped byte, an escaped character, a quote, space, or anything else. */
const TOKEN = /\\(\d{3})|\\(.)|(")|([ \t]+)|([^\\" \t]+)/gsu;

/** One after the other, each in quotes or without. */
function strings(text: string): Buffer[] {
  const found: Buffer[] = [];
  let string: Buffer | undefined;
  let inQuotes = false;
  const add = (bytes: Buffer) => {
    string = Buffer.concat([string ?? Buffer.alloc(0), bytes]);
  };
  for (const [, byte, char, quote, space, other] of text.matchAll(TOKEN)) {
    if (quote !== undefined) {
      inQuotes = !inQuotes;
      add(Buffer.alloc(0));
    } else if (space !== undefined && !inQuotes) {
      if (string !== undefined) found.push(string);
      string = undefined;
    } else add(byte === undefined ? Buffer.from(char ?? space ?? other ?? '') : Buffer.of(Number(byte)));
  }
  return string === undefined ? found : [...found, string];
}
