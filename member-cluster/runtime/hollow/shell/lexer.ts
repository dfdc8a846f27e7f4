/** Pieces of a word: what is quoted is neither split nor looked into for operators. */
export type Piece =
  | { readonly type: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly type: 'variable'; readonly name: string; readonly fallback?: string; readonly quoted: boolean }
  | { readonly type: 'command'; readonly script: string; readonly quoted: boolean };

export type Token =
  { readonly type: 'word'; readonly pieces: readonly Piece[] } | { readonly type: 'operator'; readonly text: string };

export class ShellSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShellSyntaxError';
  }
}

const OPERATOR = /^(?:&&|\|\||2>&1|1>&2|>&2|2>>|2>|>>|>|<|;|\||&|\(|\)|\n)/;
const VARIABLE = /^(?:\$([A-Za-z_][A-Za-z0-9_]*|[?$#@*0-9])|\$\{([A-Za-z_][A-Za-z0-9_]*|[?$#0-9])(?::?-([^}]*))?\})/;

/** Splits a script into words and operators, as POSIX 1003.1 §2.3 has it for what is supported here. */
export function tokenize(script: string): readonly Token[] {
  return new Lexer(script).tokens();
}

class Lexer {
  readonly #text: string;
  #at = 0;
  #pieces: Piece[] = [];
  #tokens: Token[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  tokens(): readonly Token[] {
    while (this.#at < this.#text.length) this.#next();
    this.#endWord();
    return this.#tokens;
  }

  #next(): void {
    const rest = this.#text.slice(this.#at, this.#at + 4);
    const [first = ''] = rest;
    const operator = OPERATOR.exec(rest)?.[0];
    if (first === '#' && this.#pieces.length === 0) this.#at = this.#endOfLine();
    else if (operator !== undefined && (!/^[12]/.test(operator) || this.#pieces.length === 0)) {
      this.#endWord();
      this.#tokens.push({ type: 'operator', text: operator });
      this.#at += operator.length;
    } else if (/\s/.test(first)) {
      this.#endWord();
      this.#at++;
    } else this.#piece(first);
  }

  #piece(first: string): void {
    switch (first) {
      case "'": {
        this.#single();
        return;
      }
      case '"': {
        this.#double();
        return;
      }
      case '\\': {
        this.#escaped(false);
        return;
      }
      case '$':
      case '`': {
        this.#expansion(false);
        return;
      }
      default: {
        this.#plain();
        return;
      }
    }
  }

  #plain(): void {
    const [text = this.#text.charAt(this.#at)] = /^[^\s'"\\$`;&|<>()]+/.exec(this.#text.slice(this.#at)) ?? [];
    this.#pieces.push({ type: 'text', text, quoted: false });
    this.#at += text.length;
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }

  #single(): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) throw new ShellSyntaxError('unterminated quoted string');
    this.#pieces.push({ type: 'text', text: this.#text.slice(this.#at + 1, end), quoted: true });
    this.#at = end + 1;
  }

  #double(): void {
    this.#at++;
    this.#pieces.push({ type: 'text', text: '', quoted: true });
    for (;;) {
      const first = this.#text[this.#at];
      if (first === undefined) throw new ShellSyntaxError('unterminated quoted string');
      if (first === '"') break;
      if (first === '\\') this.#escaped(true);
      else if (first === '$' || first === '`') this.#expansion(true);
      else {
        const [text = first] = /^[^"\\$`]+/.exec(this.#text.slice(this.#at)) ?? [];
        this.#pieces.push({ type: 'text', text, quoted: true });
        this.#at += text.length;
      }
    }
    this.#at++;
  }

  #escaped(inQuotes: boolean): void {
    const next = this.#text[this.#at + 1] ?? '';
    this.#at += 2;
    if (next === '\n') return;
    const text = inQuotes && !'"\\$`'.includes(next) ? `\\${next}` : next;
    this.#pieces.push({ type: 'text', text, quoted: true });
  }

  #expansion(quoted: boolean): void {
    if (this.#text.startsWith('$(', this.#at) || this.#text.startsWith('`', this.#at)) {
      this.#substitution(quoted);
      return;
    }
    const [whole, plain, braced, fallback] = VARIABLE.exec(this.#text.slice(this.#at)) ?? [];
    if (whole === undefined) {
      this.#pieces.push({ type: 'text', text: '$', quoted: true });
      this.#at++;
      return;
    }
    const name = plain ?? braced ?? '';
    this.#pieces.push({ type: 'variable', name, quoted, ...(fallback === undefined ? {} : { fallback }) });
    this.#at += whole.length;
  }

  #substitution(quoted: boolean): void {
    const isBackquote = this.#text.charAt(this.#at) === '`';
    const start = this.#at + (isBackquote ? 1 : 2);
    let depth = 1;
    let end = start;
    for (; end < this.#text.length; end++) {
      const letter = this.#text.charAt(end);
      if (isBackquote ? letter === '`' : letter === ')') depth--;
      else if (!isBackquote && letter === '(') depth++;
      if (depth === 0) break;
    }
    if (depth > 0) throw new ShellSyntaxError('unterminated command substitution');
    this.#pieces.push({ type: 'command', script: this.#text.slice(start, end), quoted });
    this.#at = end + 1;
  }

  #endWord(): void {
    if (this.#pieces.length > 0) this.#tokens.push({ type: 'word', pieces: this.#pieces });
    this.#pieces = [];
  }
}
