import { CelSyntaxError } from './issue.ts';
import type { Token } from './token.ts';

const PLAIN: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ESCAPE = /^\\(?:([abfnrtv\\'"`?])|[xX]([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))$/;

/** The text between the quotes, escapes resolved. */
export function stringOf(token: Token): string {
  const { body, raw } = unquoted(token);
  return raw ? body : unescape(token, body, (code) => String.fromCodePoint(code));
}

/** Here `\xff` and octals are bytes; everything else is its UTF-8. */
export function bytesOf(token: Token): Uint8Array {
  const { body, raw } = unquoted(token);
  if (raw) return Buffer.from(body, 'utf8');
  const latin = unescape(token, Buffer.from(body, 'utf8').toString('latin1'), (code) => String.fromCharCode(code));
  return Buffer.from(latin, 'latin1');
}

function unquoted({ text }: Token): { readonly body: string; readonly raw: boolean } {
  const start = text.search(/["']/);
  const width = /^("""|''')/.test(text.slice(start)) ? 3 : 1;
  return { body: text.slice(start + width, -width), raw: /r/i.test(text.slice(0, start)) };
}

function unescape(token: Token, body: string, byteOrCode: (code: number) => string): string {
  if (!body.includes('\\')) return body;
  return body.replaceAll(/\\[^]?(?:(?<=[xX])..|(?<=u).{4}|(?<=U).{8}|(?<=[0-3])..)?/g, (escape) => {
    const resolved = resolveEscape(escape, byteOrCode, token.kind === 'string');
    if (resolved !== undefined) return resolved;
    throw new CelSyntaxError(token.at, `Syntax error: token recognition error at: '${token.text}'`);
  });
}

/** `undefined` for what is no escape. Bytes know no code points. */
function resolveEscape(
  escape: string,
  byteOrCode: (code: number) => string,
  mayBeCodePoint: boolean,
): string | undefined {
  const [, plain, hex, octal, short, long] = ESCAPE.exec(escape) ?? [];
  if (plain !== undefined) return PLAIN[plain] ?? plain;
  if (hex !== undefined) return byteOrCode(Number.parseInt(hex, 16));
  if (octal !== undefined) return byteOrCode(Number.parseInt(octal, 8));
  const code = Number.parseInt(short ?? long ?? '', 16);
  return mayBeCodePoint && isCodePoint(code) ? String.fromCodePoint(code) : undefined;
}

function isCodePoint(code: number): boolean {
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}
