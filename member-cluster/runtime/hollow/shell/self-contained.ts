import { ShellSyntaxError } from './lexer.ts';
import { parseScript, type Command, type Script, type SimpleCommand, type Word } from './parser.ts';

const SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:sh|ash|bash)$/;
const FOLDERS = /^(?:\/usr)?\/bin\//;
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** They do the same here as with any image. Whoever reads files may want some that only the image has. */
const PROGRAMS: ReadonlySet<string> = new Set([
  ...[
    'echo',
    'env',
    'false',
    'hostname',
    'id',
    'mkdir',
    'printenv',
    'printf',
    'seq',
    'sleep',
    'touch',
    'true',
    'whoami',
  ],
  ...['test', '[', '[['],
  ...[':', 'break', 'cd', 'continue', 'exit', 'export', 'unset'],
]);

/** Whether a command can be run here just as in its own image, as far as one can see. */
export function isSelfContained([name = '', ...args]: readonly string[]): boolean {
  if (!SHELL.test(name)) return isKnown(name, args);
  const [flags = '', script] = args;
  if (!/^-e?c$/.test(flags) || script === undefined) return false;
  try {
    return isKnownScript(parseScript(script));
  } catch (err) {
    if (err instanceof ShellSyntaxError) return false;
    throw err;
  }
}

function isKnown(name: string, args: readonly string[]): boolean {
  const base = name.replace(FOLDERS, '');
  // Their other forms are not all here.
  if (base === 'date') return args.length === 0;
  if (base === 'set') return args.every((arg) => arg === '-e');
  if (base.startsWith('[')) return args.at(-1) === ']'.repeat(base.length) && PROGRAMS.has(base);
  return PROGRAMS.has(base);
}

const isKnownScript = (script: Script): boolean =>
  script.every(({ commands }) => commands.every((command) => isKnownCommand(command)));

function isKnownCommand(command: Command): boolean {
  switch (command.type) {
    case 'simple':
      return isKnownSimple(command);
    case 'group':
      return isKnownScript(command.body);
    case 'if':
      return (
        command.branches.every(([condition, body]) => isKnownScript(condition) && isKnownScript(body)) &&
        isKnownScript(command.otherwise ?? [])
      );
    case 'while':
      return isKnownScript(command.condition) && isKnownScript(command.body);
    case 'for':
      return command.words.every(isKnownWord) && isKnownScript(command.body);
  }
}

function isKnownSimple({ words, redirections }: SimpleCommand): boolean {
  const targets = redirections.flatMap(({ target }) => (target === undefined ? [] : [target]));
  if (!words.every(isKnownWord) || !targets.every(isKnownWord)) return false;
  if (redirections.some(({ operator }) => operator === '<')) return false;
  const first = words.findIndex((word) => !ASSIGNMENT.test(startOf(word)));
  if (first < 0) return true;
  const [name, ...args] = words.slice(first).map(literal);
  return (
    name !== undefined &&
    isKnown(
      name,
      args.map((arg) => arg ?? ''),
    )
  );
}

/** What is put in its place is known. */
const isKnownWord = (word: Word): boolean =>
  word.every((piece) => piece.type !== 'command' || isKnownScript(parseScript(piece.script)));

function literal(word: Word): string | undefined {
  return word.every((piece) => piece.type === 'text') ? word.map(({ text }) => text).join('') : undefined;
}

function startOf([piece]: Word): string {
  return piece?.type === 'text' ? piece.text : '';
}
