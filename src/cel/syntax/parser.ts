import { CEL_LIMITS } from '../contract.ts';
import { Uint } from '../values/uint.ts';
import type { Call, Expr, Literal, MapLiteralEntry, StructLiteralField } from './ast.ts';
import { qualifiedName } from './ast.ts';
import { CelSyntaxError } from './issue.ts';
import { tokenize } from './lexer.ts';
import { expandMacro } from './macros.ts';
import { nestingOf } from './nesting.ts';
import { bytesOf, stringOf } from './string-literal.ts';
import type { Token } from './token.ts';

/** Of brackets within brackets. */
const MAX_DEPTH = 250;
/** Of operands within operands: what works on an expression does so recursively. */
const MAX_NESTING = 500;

/** From loosest to tightest; `||` and `&&` are looser still. */
const BINARY: readonly (readonly string[])[] = [
  ['<', '<=', '>=', '>', '==', '!=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

const RESERVED = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

const STARTS_AN_OPERAND =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

/** Throws `CelSyntaxError` at the first fault. */
export function parse(source: string): Expr {
  if (source.length > CEL_LIMITS.expressionLength) {
    throw new CelSyntaxError(0, `expression code point size exceeds limit: size: ${source.length}, limit 100000`);
  }
  const expr = new Parser(source).parseAll();
  if (nestingOf(expr) > MAX_NESTING) throw tooDeep(0);
  return expr;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(source: string) {
    this.#tokens = tokenize(source);
  }

  parseAll(): Expr {
    const expr = this.#expression();
    if (this.#token.kind !== 'end') this.#fail(`extraneous input '${this.#token.text}' expecting <EOF>`);
    return expr;
  }

  #expression(): Expr {
    if (++this.#depth > MAX_DEPTH) throw tooDeep(this.#token.at);
    const condition = this.#logic('||');
    const question = this.#accept('?');
    this.#depth -= 1;
    if (question === undefined) return condition;
    const whenTrue = this.#logic('||');
    this.#expect(':');
    return call(question.at, '_?_:_', [condition, whenTrue, this.#expression()]);
  }

  /** A long chain becomes a balanced tree: which operand decides does not depend on how they are grouped. */
  #logic(operator: '||' | '&&'): Expr {
    const operand = () => (operator === '||' ? this.#logic('&&') : this.#binary(0));
    const operands = [operand()];
    const positions: number[] = [];
    for (let token = this.#accept(operator); token !== undefined; token = this.#accept(operator)) {
      positions.push(token.at);
      operands.push(operand());
    }
    return balanced(`_${operator}_`, operands, positions);
  }

  #binary(level: number): Expr {
    const operators = BINARY[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((text) => this.#is(text));
      if (operator === undefined) return left;
      const { at } = this.#take();
      left = call(at, operator === 'in' ? '@in' : `_${operator}_`, [left, this.#binary(level + 1)]);
    }
  }

  #unary(): Expr {
    const operator = this.#token;
    if (!this.#is('!') && !this.#is('-')) return this.#member(this.#primary());
    let count = 0;
    while (this.#accept(operator.text) !== undefined) count += 1;
    const isNumber = this.#token.kind === 'int' || this.#token.kind === 'double';
    if (operator.text === '-' && count === 1 && isNumber) return this.#member(this.#number('-', operator.at));
    const operand = this.#member(this.#primary());
    return count % 2 === 0 ? operand : call(operator.at, operator.text === '!' ? '!_' : '-_', [operand]);
  }

  #member(start: Expr): Expr {
    let expr = start;
    for (;;) {
      if (this.#is('.')) expr = this.#selection(expr);
      else if (this.#is('[')) expr = this.#index(expr);
      else if (this.#is('{') && isTypeName(expr)) expr = this.#struct(expr);
      else return expr;
    }
  }

  #selection(operand: Expr): Expr {
    const { at } = this.#take();
    const optional = this.#accept('?') !== undefined;
    const field = this.#identifier();
    if (optional || !this.#is('(')) return { kind: 'select', at, operand, field, optional, testOnly: false };
    const open = this.#take();
    const args = this.#list(')', () => this.#expression());
    return expandMacro({ kind: 'call', at: open.at, name: field, target: operand, args });
  }

  #index(operand: Expr): Expr {
    const { at } = this.#take();
    const optional = this.#accept('?') !== undefined;
    const index = this.#expression();
    this.#expect(']');
    return call(at, optional ? '_[?_]' : '_[_]', [operand, index]);
  }

  #struct(type: Expr): Expr {
    const { at } = this.#take();
    const fields = this.#list('}', (): StructLiteralField => {
      const optional = this.#accept('?') !== undefined;
      const name = this.#identifier();
      const colon = this.#expect(':');
      return { at: colon.at, name, value: this.#expression(), optional };
    });
    return { kind: 'struct', at, name: qualifiedName(type) ?? '', fields };
  }

  #primary(): Expr {
    const token = this.#token;
    switch (token.kind) {
      case 'int':
      case 'uint':
      case 'double':
        return this.#number('', token.at);
      case 'string':
        return literal(this.#take(), 'string', stringOf(token));
      case 'bytes':
        return literal(this.#take(), 'bytes', bytesOf(token));
      case 'ident':
        return this.#identifierOrCall();
      default:
        return this.#bracketed(token);
    }
  }

  #bracketed(token: Token): Expr {
    switch (token.text) {
      case '(': {
        this.#take();
        const expr = this.#expression();
        this.#expect(')');
        return expr;
      }
      case '[': {
        this.#take();
        const items = this.#list(']', () => ({
          optional: this.#accept('?') !== undefined,
          value: this.#expression(),
        }));
        return { kind: 'list', at: token.at, items };
      }
      case '{':
        this.#take();
        return { kind: 'map', at: token.at, entries: this.#list('}', () => this.#mapEntry()) };
      case '.':
        this.#take();
        return this.#identifierOrCall();
      default:
        return this.#fail(`mismatched input '${token.text}' expecting ${STARTS_AN_OPERAND}`);
    }
  }

  #mapEntry(): MapLiteralEntry {
    const optional = this.#accept('?') !== undefined;
    const key = this.#expression();
    const { at } = this.#expect(':');
    return { at, key, value: this.#expression(), optional };
  }

  #identifierOrCall(): Expr {
    const token = this.#take();
    if (token.kind !== 'ident') return this.#fail(`mismatched input '${token.text}' expecting IDENTIFIER`, token);
    if (token.text === 'true' || token.text === 'false') return literal(token, 'bool', token.text === 'true');
    if (token.text === 'null') return literal(token, 'null', null);
    if (RESERVED.has(token.text)) throw new CelSyntaxError(token.at, `reserved identifier: ${token.text}`);
    if (token.text === 'in') this.#fail(`mismatched input 'in' expecting ${STARTS_AN_OPERAND}`, token);
    if (!this.#is('(')) return { kind: 'ident', at: token.at, name: token.text };
    const open = this.#take();
    const args = this.#list(')', () => this.#expression());
    return expandMacro({ kind: 'call', at: open.at, name: token.text, args });
  }

  #number(sign: '' | '-', at: number): Literal {
    const { kind, text } = this.#take();
    if (kind === 'double') return { kind: 'literal', at, type: 'double', value: Number(`${sign}${text}`) };
    const magnitude = BigInt(kind === 'uint' ? text.slice(0, -1) : text);
    const value = sign === '-' ? -magnitude : magnitude;
    const bits = kind === 'uint' ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);
    if (bits !== value) throw new CelSyntaxError(at, `invalid ${kind} literal`);
    return kind === 'uint'
      ? { kind: 'literal', at, type: 'uint', value: new Uint(value) }
      : { kind: 'literal', at, type: 'int', value };
  }

  #list<T>(close: string, item: () => T): readonly T[] {
    const items: T[] = [];
    while (!this.#is(close)) {
      items.push(item());
      if (this.#accept(',') === undefined) break;
    }
    this.#expect(close);
    return items;
  }

  #identifier(): string {
    const token = this.#take();
    if (token.kind !== 'ident') return this.#fail(`mismatched input '${token.text}' expecting IDENTIFIER`, token);
    return token.text;
  }

  get #token(): Token {
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1);
    if (token === undefined) throw new TypeError('the lexer ends every text with an end token');
    return token;
  }

  #take(): Token {
    const token = this.#token;
    this.#next += 1;
    return token;
  }

  #is(text: string): boolean {
    const { kind, text: found } = this.#token;
    return found === text && (kind === 'punctuation' || kind === 'ident');
  }

  #accept(text: string): Token | undefined {
    return this.#is(text) ? this.#take() : undefined;
  }

  #expect(text: string): Token {
    const token = this.#accept(text);
    if (token === undefined) return this.#fail(`mismatched input '${this.#token.text}' expecting '${text}'`);
    return token;
  }

  #fail(message: string, token = this.#token): never {
    throw new CelSyntaxError(token.at, `Syntax error: ${message}`);
  }
}

/** `positions`: of the operators between the operands. */
function balanced(name: string, operands: readonly Expr[], positions: readonly number[]): Expr {
  const middle = Math.ceil(operands.length / 2);
  const [only] = operands;
  if (only !== undefined && operands.length === 1) return only;
  const left = balanced(name, operands.slice(0, middle), positions.slice(0, middle - 1));
  const right = balanced(name, operands.slice(middle), positions.slice(middle));
  return call(positions[middle - 1] ?? 0, name, [left, right]);
}

function tooDeep(at: number): CelSyntaxError {
  return new CelSyntaxError(at, `expression recursion limit exceeded: ${MAX_DEPTH}`);
}

function call(at: number, name: string, args: readonly Expr[]): Call {
  return { kind: 'call', at, name, args };
}

function literal(token: Token, type: Literal['type'], value: Literal['value']): Literal {
  return { kind: 'literal', at: token.at, type, value };
}

function isTypeName(expr: Expr): boolean {
  return qualifiedName(expr) !== undefined;
}
