import { PassThrough, Readable, Writable } from 'node:stream';
import { Fields } from './fields.ts';
import { ShellSyntaxError, type Piece } from './lexer.ts';
import {
  parseScript,
  type Command,
  type Pipeline,
  type Redirection,
  type Script,
  type SimpleCommand,
  type Word,
} from './parser.ts';
import { absolute, complain, type Process } from './process.ts';
import { runProgram } from './run-program.ts';

/** Ends the shell, or a loop of it, from wherever it is. */
class Leave extends Error {
  readonly kind: 'exit' | 'break' | 'continue';
  readonly code: number;

  constructor(kind: Leave['kind'], code: number) {
    super(kind);
    this.name = 'Leave';
    this.kind = kind;
    this.code = code;
  }
}

const SYNTAX_ERROR = 2;
const SUBSTITUTION_BYTES = 1024 * 1024;
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=/;

/** Runs scripts of a small part of the POSIX shell language, in one environment. */
export class Shell {
  readonly #process: Process;
  readonly #arguments: readonly string[];
  #exitCode = 0;
  #exitOnError = false;

  constructor(process: Process, args: readonly string[] = []) {
    this.#process = process;
    this.#arguments = args;
  }

  /** `exited`: the script said so itself. */
  async run(text: string): Promise<{ readonly code: number; readonly exited: boolean }> {
    try {
      return { code: await this.#script(parseScript(text), this.#process), exited: false };
    } catch (err) {
      if (err instanceof Leave) return { code: err.code, exited: err.kind === 'exit' };
      if (!(err instanceof ShellSyntaxError)) throw err;
      await complain(this.#process, `sh: ${err.message}`);
      return { code: SYNTAX_ERROR, exited: true };
    }
  }

  async #script(script: Script, process: Process): Promise<number> {
    for (const pipeline of script) {
      process.signal.throwIfAborted();
      if (pipeline.after === '&&' && this.#exitCode !== 0) continue;
      if (pipeline.after === '||' && this.#exitCode === 0) continue;
      this.#exitCode = await this.#pipeline(pipeline, process);
      if (this.#exitOnError && this.#exitCode !== 0) throw new Leave('exit', this.#exitCode);
    }
    return this.#exitCode;
  }

  async #pipeline({ commands, negated }: Pipeline, process: Process): Promise<number> {
    let { stdin } = process;
    const running: Promise<number>[] = [];
    for (const [index, command] of commands.entries()) {
      const isLast = index === commands.length - 1;
      const pipe = new PassThrough().on('error', () => undefined);
      const stdout = isLast ? process.stdout : pipe;
      const own =
        commands.length === 1 ? process : { ...process, variables: new Map(process.variables), stdin, stdout };
      const input = stdin;
      running.push(
        this.#command(command, own).finally(() => {
          if (!isLast) pipe.end();
          // Who writes to one that no longer reads is told.
          if (index > 0) input.destroy();
        }),
      );
      stdin = pipe;
    }
    const codes = await Promise.all(running);
    const code = codes.at(-1) ?? 0;
    return negated ? Number(code === 0) : code;
  }

  async #command(command: Command, process: Process): Promise<number> {
    switch (command.type) {
      case 'simple':
        return this.#simple(command, process);
      case 'group':
        return this.#script(command.body, process);
      case 'if':
        for (const [condition, body] of command.branches) {
          if ((await this.#tested(condition, process)) === 0) return this.#script(body, process);
        }
        this.#exitCode = 0;
        return command.otherwise === undefined ? 0 : this.#script(command.otherwise, process);
      case 'while':
        return this.#loop(this.#whileTrue(command, process), command.body, process);
      case 'for':
        return this.#loop(this.#forEach(command, process), command.body, process);
    }
  }

  async #tested(condition: Script, process: Process): Promise<number> {
    const before = this.#exitOnError;
    this.#exitOnError = false;
    try {
      return await this.#script(condition, process);
    } finally {
      this.#exitOnError = before;
    }
  }

  async *#whileTrue(
    { condition, until }: Command & { readonly type: 'while' },
    process: Process,
  ): AsyncGenerator<void> {
    while (((await this.#tested(condition, process)) === 0) !== until) yield;
  }

  async *#forEach({ name, words }: Command & { readonly type: 'for' }, process: Process): AsyncGenerator<void> {
    for (const value of await this.#expandAll(words, process)) {
      process.variables.set(name, value);
      yield;
    }
  }

  async #loop(turns: AsyncGenerator<void>, body: Script, process: Process): Promise<number> {
    let code = 0;
    for await (const _ of turns) {
      try {
        // A turn that waits for nothing must not keep everybody else waiting.
        await new Promise((resolve) => setImmediate(resolve));
        code = await this.#script(body, process);
      } catch (err) {
        if (!(err instanceof Leave) || err.kind === 'exit') throw err;
        if (err.kind === 'break') break;
      }
    }
    this.#exitCode = code;
    return code;
  }

  async #simple({ words, redirections }: SimpleCommand, process: Process): Promise<number> {
    const all = await this.#expandAll(words, process);
    const first = all.findIndex((word, index) => !(ASSIGNMENT.test(word) && isLiteral(words[index])));
    const assignments = first < 0 ? all : all.slice(0, first);
    const [name, ...args] = first < 0 ? [] : all.slice(first);
    const env = name === undefined ? process.variables : new Map(process.variables);
    for (const assignment of assignments) {
      const [, key = ''] = ASSIGNMENT.exec(assignment) ?? [];
      env.set(key, assignment.slice(key.length + 1));
    }
    const redirected = await this.#redirect(
      { ...process, variables: assignments.length > 0 ? env : process.variables },
      redirections,
    );
    if (redirected === undefined) return 1;
    try {
      if (name === undefined) return 0;
      return (
        (await this.#builtin(name, args, process)) ??
        (await runProgram({ ...redirected.process, argv: [name, ...args] }, runShell))
      );
    } finally {
      await redirected.done();
    }
  }

  /** `undefined`: it is none. */
  async #builtin(name: string, args: readonly string[], process: Process): Promise<number | undefined> {
    const [first = ''] = args;
    switch (name) {
      case 'exit':
        throw new Leave(name, Number(first || this.#exitCode) & 255);
      case 'break':
      case 'continue':
        throw new Leave(name, 0);
      case 'cd':
        return this.#cd(first, process);
      case 'export':
      case 'unset':
        changeVariables(name, args, process.variables);
        return 0;
      case 'set':
        this.#exitOnError ||= /^-\w*e/.test(first);
        return 0;
      case ':':
        return 0;
      default:
        return undefined;
    }
  }

  async #cd(where: string, process: Process): Promise<number> {
    const path = where === '' ? (process.variables.get('HOME') ?? '/') : where;
    const target = absolute(process, path);
    const node = process.host.files.find(target);
    if (node?.type !== 'directory') {
      await complain(
        process,
        `sh: cd: can't cd to ${path}: ${node === undefined ? 'No such file or directory' : 'Not a directory'}`,
      );
      return 2;
    }
    // Pipelines work on a copy; this one is for all that follows.
    process.cwd = target;
    this.#process.cwd = target;
    process.variables.set('PWD', target);
    return 0;
  }

  async #redirect(
    process: Process,
    redirections: readonly Redirection[],
  ): Promise<{ readonly process: Process; readonly done: () => Promise<void> } | undefined> {
    let own = process;
    const files: FileSink[] = [];
    for (const { operator, target } of redirections) {
      const name = target === undefined ? '' : (await this.#expandAll([target], process)).join(' ');
      try {
        if (operator === '<')
          own = { ...own, stdin: Readable.from([process.host.files.read(absolute(process, name))]) };
        else if (operator === '2>&1') own = { ...own, stderr: own.stdout };
        else if (operator.includes('&')) own = { ...own, stdout: own.stderr };
        else {
          const sink = fileSink(process, name, operator.endsWith('>>'));
          files.push(sink);
          own = operator.startsWith('2') ? { ...own, stderr: sink.stream } : { ...own, stdout: sink.stream };
        }
      } catch (err) {
        await complain(process, `sh: can't ${operator === '<' ? 'open' : 'create'} ${name}: ${messageOf(err)}`);
        return undefined;
      }
    }
    return {
      process: own,
      done: async () => {
        for (const { stream, failure } of files) {
          await new Promise((resolve) => stream.end(resolve));
          const err = failure();
          if (err !== undefined) await complain(process, `sh: write error: ${err}`);
        }
      },
    };
  }

  async #expandAll(words: readonly Word[], process: Process): Promise<string[]> {
    const all: string[] = [];
    for (const word of words) all.push(...(await this.#expand(word, process)));
    return all;
  }

  async #expand(word: Word, process: Process): Promise<readonly string[]> {
    const fields = new Fields();
    for (const piece of word) {
      if (piece.type === 'text') fields.add(piece.text);
      else {
        const value = await this.#valueOf(piece, process);
        if (piece.quoted) fields.add(value);
        else fields.split(value);
      }
    }
    return fields.all();
  }

  async #valueOf(piece: Exclude<Piece, { readonly type: 'text' }>, process: Process): Promise<string> {
    if (piece.type === 'command') return this.#substitute(piece.script, process);
    return this.#variable(piece.name, process) ?? piece.fallback ?? '';
  }

  #variable(name: string, { variables }: Process): string | undefined {
    if (name === '?') return String(this.#exitCode);
    if (name === '$') return '1';
    if (name === '#') return String(Math.max(0, this.#arguments.length - 1));
    if (name === '@' || name === '*') return this.#arguments.slice(1).join(' ');
    if (/^\d+$/.test(name)) return this.#arguments[Number(name)];
    const value = variables.get(name);
    return value === '' ? undefined : value;
  }

  async #substitute(script: string, process: Process): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    const stdout = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        size += chunk.length;
        chunks.push(chunk);
        done(size > SUBSTITUTION_BYTES ? new Error('too much output') : null);
      },
    }).on('error', () => undefined);
    const shell = new Shell({ ...process, variables: new Map(process.variables), stdout }, this.#arguments);
    this.#exitCode = (await shell.run(script)).code;
    return Buffer.concat(chunks).toString().replace(/\n+$/, '');
  }
}

function changeVariables(how: 'export' | 'unset', args: readonly string[], variables: Map<string, string>): void {
  for (const arg of args) {
    const [, key = ''] = ASSIGNMENT.exec(arg) ?? [];
    if (how === 'unset') variables.delete(arg);
    else if (key !== '') variables.set(key, arg.slice(key.length + 1));
  }
}

/** The program `sh` that a program starts. */
async function runShell(process: Process, script: string, args: readonly string[]): Promise<number> {
  return (await new Shell({ ...process, variables: new Map(process.variables) }, args).run(script)).code;
}

interface FileSink {
  readonly stream: Writable;
  readonly failure: () => string | undefined;
}

function fileSink(process: Process, name: string, append: boolean): FileSink {
  if (name === '/dev/null')
    return {
      stream: new Writable({
        write: (_c, _e, done) => {
          done();
        },
      }),
      failure: () => undefined,
    };
  const path = absolute(process, name);
  const { files } = process.host;
  files.write(path, Buffer.alloc(0), { append });
  let failed: string | undefined;
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      try {
        files.write(path, chunk, { append: true });
      } catch (err) {
        failed ??= messageOf(err);
      }
      done();
    },
  });
  return { stream, failure: () => failed };
}

function isLiteral(word: Word | undefined): boolean {
  const [first] = word ?? [];
  return first?.type === 'text' && !first.quoted && first.text.includes('=');
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
