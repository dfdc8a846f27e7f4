import { labelKeyProblems, labelValueProblems } from './name-validation.ts';

export type LabelOperator = '=' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** One for `=`, `!=`, `>` and `<`; any for `in` and `notin`; none for `exists` and `!`. */
  readonly values: readonly string[];
}

/** A word may be a keyword (`in`) where an operator is expected; everywhere else it is a word. */
type Token = { readonly kind: 'word' | 'symbol' | 'end'; readonly text: string };

const SYMBOL = /^(?:==|!=|[=!<>(),])/;
const WORD = /^[^\s=!<>(),]+/;

const BINARY: Readonly<Record<string, LabelOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '=',
  '!=': '!=',
  '>': '>',
  '<': '<',
};

/** Throws an `Error` whose message is what Kubernetes says of the same text. */
export function parseRequirements(text: string): readonly LabelRequirement[] {
  const tokens = new Tokens(text);
  const requirements: LabelRequirement[] = [];
  if (tokens.peek.kind === 'end') return requirements;
  if (!startsRequirement(tokens.peek)) fail(tokens.peek, "!, identifier, or 'end of string'");

  for (;;) {
    requirements.push(parseRequirement(tokens));
    const separator = tokens.next();
    if (separator.kind === 'end') break;
    if (separator.text !== ',') fail(separator, "',' or 'end of string'");
    if (!startsRequirement(tokens.peek)) fail(tokens.peek, "identifier after ','");
  }
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

class Tokens {
  #rest: string;
  #peeked: Token | undefined;

  constructor(text: string) {
    this.#rest = text;
  }

  get peek(): Token {
    this.#peeked ??= this.#scan();
    return this.#peeked;
  }

  next(): Token {
    const token = this.peek;
    this.#peeked = undefined;
    return token;
  }

  #scan(): Token {
    const rest = this.#rest.trimStart();
    const symbol = SYMBOL.exec(rest)?.[0];
    const text = symbol ?? WORD.exec(rest)?.[0] ?? '';
    this.#rest = rest.slice(text.length);
    if (text === '') return { kind: 'end', text };
    return { kind: symbol === undefined ? 'word' : 'symbol', text };
  }
}

function fail(token: Token, expected: string): never {
  throw new Error(`found '${token.text}', expected: ${expected}`);
}

function startsRequirement(token: Token): boolean {
  return token.kind === 'word' || token.text === '!';
}

function parseRequirement(tokens: Tokens): LabelRequirement {
  try {
    return parseOne(tokens);
  } catch (err) {
    throw new Error(`unable to parse requirement: ${err instanceof Error ? err.message : String(err)}`, { cause: err });
  }
}

function parseOne(tokens: Tokens): LabelRequirement {
  const negated = tokens.peek.text === '!';
  if (negated) tokens.next();
  const word = tokens.next();
  if (word.kind !== 'word') fail(word, 'identifier');
  const key = word.text;
  const problems = labelKeyProblems(key);
  if (problems.length > 0) throw new Error(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems.join('; ')}`);

  if (negated) return { key, operator: '!', values: [] };
  if (tokens.peek.kind === 'end' || tokens.peek.text === ',') return { key, operator: 'exists', values: [] };

  const token = tokens.next();
  const operator = Object.hasOwn(BINARY, token.text) ? BINARY[token.text] : undefined;
  if (operator === undefined) fail(token, 'in, notin, =, ==, !=, gt, lt');
  const values = operator === 'in' || operator === 'notin' ? parseSet(tokens) : [parseValue(tokens)];
  checkValues(key, operator, values);
  return { key, operator, values };
}

function parseValue(tokens: Tokens): string {
  if (tokens.peek.kind === 'end' || tokens.peek.text === ',') return '';
  const token = tokens.next();
  return token.kind === 'word' ? token.text : fail(token, 'identifier');
}

/** `(a,b)`; nothing before or after a comma is the empty value. */
function parseSet(tokens: Tokens): readonly string[] {
  const open = tokens.next();
  if (open.text !== '(') throw new Error(`found '${open.text}' expected: '('`);
  if (tokens.peek.text === ')') {
    tokens.next();
    return [];
  }
  const values = new Set<string>();
  for (;;) {
    values.add(tokens.peek.kind === 'word' ? tokens.next().text : '');
    const token = tokens.next();
    if (token.text === ')') return [...values].sort();
    if (token.text !== ',') fail(token, "',' or ')'");
  }
}

function checkValues(key: string, operator: LabelOperator, values: readonly string[]): void {
  if (values.length === 0) {
    throw new Error("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
  }
  for (const [index, value] of values.entries()) {
    if ((operator === '>' || operator === '<') && !/^[+-]?\d+$/.test(value)) {
      const why = "for 'Gt', 'Lt' operators, the value must be an integer";
      throw new Error(`values[${index}]: Invalid value: ${JSON.stringify(value)}: ${why}`);
    }
    const problems = labelValueProblems(value);
    if (problems.length > 0) {
      throw new Error(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problems.join('; ')}`);
    }
  }
}
