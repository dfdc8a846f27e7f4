import { CelSyntaxError } from './issue.ts';
import type { Token } from './token.ts';

const SKIPPED = /(?:[ \t\r\n\f]+|\/\/[^\n]*)+/y;

/** In this order: a string's prefix would pass for a name, and a fraction for an int. */
const TOKENS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['string', /[rR](?:"[^"\n\r]*"|'[^'\n\r]*')/y],
  ['bytes', /(?:[bB][rR]|[rR][bB])(?:"[^"\n\r]*"|'[^'\n\r]*')/y],
  ['string', /"(?:\\.|[^"\\\n\r])*"|'(?:\\.|[^'\\\n\r])*'/y],
  ['bytes', /[bB](?:"(?:\\.|[^"\\\n\r])*"|'(?:\\.|[^'\\\n\r])*')/y],
  ['double', /(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)/y],
  ['uint', /(?:0x[0-9a-fA-F]+|\d+)[uU]/y],
  ['int', /0x[0-9a-fA-F]+|\d+/y],
  ['ident', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['punctuation', /==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]{}]/y],
];

const TRIPLE = /[bBrR]{0,2}(?:"""|''')/y;

export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skipBlanks(source, 0);
  while (at < source.length) {
    const token = tokenAt(source, at);
    tokens.push(token);
    at = skipBlanks(source, at + token.text.length);
  }
  tokens.push({ kind: 'end', at: source.length, text: '<EOF>' });
  return tokens;
}

function skipBlanks(source: string, at: number): number {
  return at + (matchAt(SKIPPED, source, at)?.length ?? 0);
}

function tokenAt(source: string, at: number): Token {
  const opening = matchAt(TRIPLE, source, at);
  if (opening !== undefined) return tripleQuoted(source, at, opening);
  for (const [kind, pattern] of TOKENS) {
    const text = matchAt(pattern, source, at);
    if (text !== undefined) return { kind, at, text };
  }
  const rest = /^(["'])/.test(source.slice(at)) ? source.slice(at) : (source[at] ?? '');
  throw new CelSyntaxError(at, `Syntax error: token recognition error at: '${rest}'`);
}

function tripleQuoted(source: string, at: number, opening: string): Token {
  const quotes = opening.slice(-3);
  const prefix = opening.slice(0, -3).toLowerCase();
  const raw = prefix.includes('r');
  let end = at + opening.length;
  while (end < source.length && !source.startsWith(quotes, end)) end += !raw && source[end] === '\\' ? 2 : 1;
  if (end >= source.length) {
    throw new CelSyntaxError(at, `Syntax error: token recognition error at: '${source.slice(at)}'`);
  }
  return { kind: prefix.includes('b') ? 'bytes' : 'string', at, text: source.slice(at, end + 3) };
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}
