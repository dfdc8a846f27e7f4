import type { DirectoryNode, FileNode } from './file-system.ts';
import { absolute, type Process, type Program } from './process.ts';

/** `test`, `[` and, as far as it is the same, `[[`: POSIX 1003.1, one or several primaries joined by `-a` or `-o`. */
export const test: Program = (process, args) => {
  const isBracket = process.argv[0] === '[' || process.argv[0] === '[[';
  const words = isBracket ? args.slice(0, -1) : [...args];
  if (words.length === 0) return 1;
  const alternatives = split(words, '-o');
  return alternatives.some((all) => split(all, '-a').every((primary) => holds(process, primary))) ? 0 : 1;
};

function split(words: readonly string[], at: string): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === at) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}

function holds(process: Process, [first = '', ...rest]: readonly string[]): boolean {
  if (first === '!') return !holds(process, rest);
  if (rest.length === 0) return first !== '';
  if (rest.length === 1) return unary(process, first, rest[0] ?? '');
  const [operator = '', right = ''] = rest;
  return binary(first, operator, right);
}

const OF_FILES: Readonly<Record<string, (node: FileNode | DirectoryNode) => boolean>> = {
  '-d': ({ type }) => type === 'directory',
  '-f': ({ type }) => type === 'file',
  '-s': (node) => node.type === 'file' && node.data.length > 0,
  '-e': () => true,
  '-r': () => true,
  '-w': () => true,
  '-x': ({ mode }) => (mode & 0o111) !== 0,
};

function unary(process: Process, operator: string, value: string): boolean {
  if (operator === '-n') return value !== '';
  if (operator === '-z') return value === '';
  const isSo = OF_FILES[operator];
  if (isSo === undefined) throw new Error(`unknown operand ${operator}`);
  const node = process.host.files.find(absolute(process, value));
  return node !== undefined && isSo(node);
}

function binary(left: string, operator: string, right: string): boolean {
  const [a, b] = [Number(left), Number(right)];
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    case '-ge':
      return a >= b;
    default:
      throw new Error(`unknown operand ${operator}`);
  }
}
