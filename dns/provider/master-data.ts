import type { AnyRecordSet } from '../zone/index.ts';

/** Where in the fields of a type's data its name is. */
const NAME_AT: Readonly<Partial<Record<AnyRecordSet['type'], number>>> = { CNAME: 0, NS: 0, PTR: 0, SRV: 3 };

const MAX_STRING_BYTES = 255;

/** One record's data as master files have it (RFC 1035 §5.1): names end in a dot, texts are in quotes. */
export function masterData(type: AnyRecordSet['type'], item: string): string {
  if (type === 'TXT') return quotedStrings(Buffer.from(item));
  const at = NAME_AT[type];
  return at === undefined ? item : withField(item, at, (name) => `${name}.`);
}

/** What `masterData` makes of which it is; what others wrote need not have been made by it. */
export function fromMasterData(type: AnyRecordSet['type'], text: string): string {
  if (type === 'TXT') return unquoted(text);
  const at = NAME_AT[type];
  return at === undefined ? text : withField(text, at, (name) => absoluteName(name));
}

/** A name that somebody else wrote, as names are here. */
export const absoluteName = (name: string): string => name.replace(/\.$/, '').toLowerCase();

function withField(item: string, at: number, change: (field: string) => string): string {
  return item
    .split(/[ \t]+/)
    .map((field, index) => (index === at ? change(field) : field))
    .join(' ');
}

function quotedStrings(text: Buffer): string {
  const strings: string[] = [];
  for (let from = 0; from === 0 || from < text.length; from += MAX_STRING_BYTES) {
    const bytes = [...text.subarray(from, from + MAX_STRING_BYTES)];
    strings.push(`"${bytes.map(quotedByte).join('')}"`);
  }
  return strings.join(' ');
}

function quotedByte(byte: number): string {
  const char = String.fromCharCode(byte);
  if (char === '"' || char === '\\') return `\\${char}`;
  return byte >= 0x20 && byte < 0x7f ? char : `\\${String(byte).padStart(3, '0')}`;
}

/** An escaped byte, an escaped character, a quote, space, or anything else. */
const TOKEN = /\\(\d{3})|\\(.)|(")|([ \t]+)|([^\\" \t]+)/gsu;

/** Strings one after the other, each in quotes or without. */
function unquoted(text: string): string {
  const parts: Buffer[] = [];
  let inQuotes = false;
  for (const [, byte, char, quote, space, other] of text.matchAll(TOKEN)) {
    if (quote !== undefined) inQuotes = !inQuotes;
    else if (byte !== undefined) parts.push(Buffer.of(Number(byte)));
    else if (space === undefined || inQuotes) parts.push(Buffer.from(char ?? space ?? other ?? ''));
  }
  return Buffer.concat(parts).toString();
}
