import { ShellSyntaxError, tokenize, type Piece, type Token } from './lexer.ts';

export type Word = readonly Piece[];

export interface Redirection {
  readonly operator: '<' | '>' | '>>' | '2>' | '2>>' | '2>&1' | '>&2' | '1>&2';
  /** Absent where another stream is meant. */
  readonly target?: Word;
}

export interface SimpleCommand {
  readonly type: 'simple';
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

export type Command =
  | SimpleCommand
  | { readonly type: 'if'; readonly branches: readonly (readonly [Script, Script])[]; readonly otherwise?: Script }
  | { readonly type: 'while'; readonly until: boolean; readonly condition: Script; readonly body: Script }
  | { readonly type: 'for'; readonly name: string; readonly words: readonly Word[]; readonly body: Script }
  | { readonly type: 'group'; readonly body: Script };

export interface Pipeline {
  readonly commands: readonly Command[];
  /** `!`: what failed succeeded. */
  readonly negated: boolean;
  /** Whether it runs depends on how the one before ended. */
  readonly after: '&&' | '||' | ';';
}

export type Script = readonly Pipeline[];

const REDIRECTIONS: ReadonlySet<string> = new Set(['<', '>', '>>', '2>', '2>>', '2>&1', '>&2', '1>&2']);

export function parseScript(text: string): Script {
  return new Parser(tokenize(text)).script([]);
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Up to one of these words, or to the end. */
  script(ends: readonly string[]): Script {
    const pipelines: Pipeline[] = [];
    let after: Pipeline['after'] = ';';
    for (;;) {
      while (this.#isOperator(';', '\n')) this.#at++;
      const keyword = this.#keyword();
      if (this.#peek() === undefined || (keyword !== undefined && ends.includes(keyword)) || this.#isOperator(')'))
        break;
      pipelines.push(this.#pipeline(after));
      after = this.#separator();
    }
    if (ends.length > 0 && this.#peek() === undefined)
      throw new ShellSyntaxError('syntax error: unexpected end of file');
    if (ends.length === 0 && this.#peek() !== undefined) throw new ShellSyntaxError('syntax error: unexpected ")"');
    return pipelines;
  }

  #separator(): Pipeline['after'] {
    const token = this.#peek();
    if (token === undefined || token.type === 'word' || token.text === ')') return ';';
    this.#at++;
    switch (token.text) {
      case '&&':
      case '||':
        return token.text;
      case ';':
      case '\n':
        return ';';
      default:
        throw new ShellSyntaxError(
          token.text === '&' ? 'background jobs are not supported' : `syntax error: unexpected "${token.text}"`,
        );
    }
  }

  #pipeline(after: Pipeline['after']): Pipeline {
    while (this.#isOperator('\n')) this.#at++;
    const negated = this.#keyword() === '!';
    if (negated) this.#at++;
    const commands = [this.#command()];
    while (this.#isOperator('|')) {
      this.#at++;
      commands.push(this.#command());
    }
    return { commands, negated, after };
  }

  #command(): Command {
    if (this.#isOperator('(')) {
      this.#at++;
      const body = this.script([')']);
      this.#expectOperator(')');
      return { type: 'group', body };
    }
    switch (this.#keyword()) {
      case 'if':
        return this.#if();
      case 'while':
      case 'until':
        return this.#while();
      case 'for':
        return this.#for();
      case '{': {
        this.#at++;
        const body = this.script(['}']);
        this.#expect('}');
        return { type: 'group', body };
      }
      default:
        return this.#simple();
    }
  }

  #if(): Command {
    const branches: (readonly [Script, Script])[] = [];
    let otherwise: Script | undefined;
    do {
      this.#at++;
      const condition = this.script(['then']);
      this.#expect('then');
      branches.push([condition, this.script(['elif', 'else', 'fi'])]);
    } while (this.#keyword() === 'elif');
    if (this.#keyword() === 'else') {
      this.#at++;
      otherwise = this.script(['fi']);
    }
    this.#expect('fi');
    return { type: 'if', branches, ...(otherwise === undefined ? {} : { otherwise }) };
  }

  #while(): Command {
    const until = this.#keyword() === 'until';
    this.#at++;
    const condition = this.script(['do']);
    return { type: 'while', until, condition, body: this.#body() };
  }

  #for(): Command {
    this.#at++;
    const name = this.#keyword() ?? '';
    this.#at++;
    const words: Word[] = [];
    if (this.#keyword() === 'in') {
      this.#at++;
      for (let token = this.#peek(); token?.type === 'word'; token = this.#peek()) {
        words.push(token.pieces);
        this.#at++;
      }
    }
    while (this.#isOperator(';', '\n')) this.#at++;
    return { type: 'for', name, words, body: this.#body() };
  }

  #body(): Script {
    this.#expect('do');
    const body = this.script(['done']);
    this.#expect('done');
    return body;
  }

  #simple(): SimpleCommand {
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      if (token.type === 'word') words.push(token.pieces);
      else if (isRedirection(token.text)) redirections.push(this.#redirection(token.text));
      else break;
      this.#at++;
    }
    if (words.length === 0 && redirections.length === 0) {
      const token = this.#peek();
      throw new ShellSyntaxError(
        `syntax error: unexpected "${token?.type === 'operator' ? token.text : 'end of file'}"`,
      );
    }
    return { type: 'simple', words, redirections };
  }

  #redirection(operator: Redirection['operator']): Redirection {
    if (operator.includes('&')) return { operator };
    this.#at++;
    const target = this.#peek();
    if (target?.type !== 'word') throw new ShellSyntaxError(`syntax error: ${operator} needs a file`);
    return { operator, target: target.pieces };
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #isOperator(...texts: readonly string[]): boolean {
    const token = this.#peek();
    return token?.type === 'operator' && texts.includes(token.text);
  }

  /** A word that is not quoted, which may be one of the language. */
  #keyword(): string | undefined {
    const token = this.#peek();
    if (token?.type !== 'word' || token.pieces.length !== 1) return undefined;
    const [piece] = token.pieces;
    return piece?.type === 'text' && !piece.quoted ? piece.text : undefined;
  }

  #expect(word: string): void {
    if (this.#keyword() !== word) throw new ShellSyntaxError(`syntax error: expected "${word}"`);
    this.#at++;
  }

  #expectOperator(text: string): void {
    if (!this.#isOperator(text)) throw new ShellSyntaxError(`syntax error: expected "${text}"`);
    this.#at++;
  }
}

function isRedirection(text: string): text is Redirection['operator'] {
  return REDIRECTIONS.has(text);
}
