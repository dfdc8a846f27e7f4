/** One line of a Corefile: a directive, what stands behind it, and the lines between its braces. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly Directive[];
  readonly line: number;
}

/** `zone[:port] … { … }` */
export interface ServerBlock {
  readonly keys: readonly string[];
  readonly directives: readonly Directive[];
  readonly line: number;
}

interface Token {
  readonly text: string;
  readonly line: number;
}

/** The server blocks of a Corefile (corefile(5)). Throws with the line on what is none. */
export function parseCorefile(text: string): readonly ServerBlock[] {
  const lines = tokensByLine(text);
  const blocks: ServerBlock[] = [];
  while (lines.length > 0) {
    const { tokens, block } = statement(lines);
    const [first] = tokens;
    if (first === undefined || block === undefined)
      throw new Error(`line ${first?.line ?? 1}: a server block has no {`);
    const keys = tokens.map(({ text: key }) => key.replace(/,$/, '')).filter((key) => key !== '');
    blocks.push({ keys, directives: block, line: first.line });
  }
  return blocks;
}

/** Takes one statement off the front of the lines, with its block where it has one. */
function statement(lines: Token[][]): {
  readonly tokens: readonly Token[];
  readonly block: readonly Directive[] | undefined;
} {
  const tokens = wholeLine(lines);
  if (tokens.at(-1)?.text !== '{') return { tokens, block: undefined };

  const opened = tokens.pop();
  const block: Directive[] = [];
  for (;;) {
    const [next] = lines;
    if (next === undefined) throw new Error(`line ${opened?.line}: { is never closed`);
    if (next.length === 1 && next[0]?.text === '}') {
      lines.shift();
      return { tokens, block };
    }
    block.push(directive(lines));
  }
}

/** Keys of a server block may go on in the next line behind a comma. */
function wholeLine(lines: Token[][]): Token[] {
  const tokens = lines.shift() ?? [];
  while (tokens.at(-1)?.text.endsWith(',') === true) tokens.push(...(lines.shift() ?? []));
  const stray = tokens.find(({ text }, index) => text === '}' || (text === '{' && index < tokens.length - 1));
  if (stray !== undefined) throw new Error(`line ${stray.line}: ${stray.text} where none can be`);
  return tokens;
}

function directive(lines: Token[][]): Directive {
  const { tokens, block = [] } = statement(lines);
  const [name, ...args] = tokens;
  if (name === undefined) throw new Error('a block without a name');
  return { name: name.text, args: args.map(({ text }) => text), block, line: name.line };
}

function tokensByLine(text: string): Token[][] {
  return text
    .split('\n')
    .map((line, index) => tokensOf(line, index + 1))
    .filter((tokens) => tokens.length > 0);
}

const TOKEN = /\s*(?:#.*|"((?:[^"\\]|\\.)*)"|([^\s"]\S*))/y;

function tokensOf(text: string, line: number): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (text.slice(pattern.lastIndex).trim() !== '') {
    const match = pattern.exec(text);
    if (match === null) throw new Error(`line ${line}: a quote is never closed`);
    const [, quoted, plain] = match;
    if (quoted !== undefined) tokens.push({ text: quoted.replaceAll(/\\(.)/g, '$1'), line });
    else if (plain !== undefined) tokens.push({ text: plain, line });
  }
  return tokens;
}
