import { each } from './file-programs.ts';
import { absolute, parseFlags, print, write, type Process, type Program } from './process.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', a: '\u0007', b: '\b' };

/** Programs that make text of text. */
export const textPrograms: Readonly<Record<string, Program>> = {
  echo: async (process, args) => {
    const flags = args.findIndex((arg) => !/^-[neE]+$/.test(arg));
    const [options, words] = flags < 0 ? [args, []] : [args.slice(0, flags), args.slice(flags)];
    const text = words.join(' ');
    const shown = options.join('').includes('e') ? unescaped(text) : text;
    await print(process, options.join('').includes('n') ? shown : `${shown}\n`);
    return 0;
  },
  printf: async (process, [format = '', ...values]) => {
    let next = 0;
    const text = unescaped(format).replaceAll(/%[sd%]/g, (verb) => (verb === '%%' ? '%' : (values[next++] ?? '')));
    await print(process, text);
    return 0;
  },
  env: async (process, args) => {
    if (args.length > 0) throw new Error('running a command is not supported');
    return printAll(
      process,
      [...process.variables].map(([name, value]) => `${name}=${value}`),
    );
  },
  printenv: async (process, names) => {
    if (names.length === 0)
      return printAll(
        process,
        [...process.variables].map(([name, value]) => `${name}=${value}`),
      );
    const values = names.map((name) => process.variables.get(name));
    await printAll(
      process,
      values.filter((value) => value !== undefined),
    );
    return values.includes(undefined) ? 1 : 0;
  },
  head: async (process, args) => {
    const { flags, rest } = parseFlags(
      args.map((arg) => arg.replace(/^-(\d+)$/, '-n$1')),
      'nc',
    );
    const bytes = flags.get('c');
    const count = Number(bytes ?? flags.get('n') ?? 10);
    let left = count;
    for await (const chunk of inputs(process, rest)) {
      const end =
        bytes === undefined ? endOfLines(chunk, left) : { at: Math.min(left, chunk.length), lines: chunk.length };
      await write(process.stdout, chunk.subarray(0, end.at), process.signal);
      left -= end.lines;
      if (left <= 0) break;
    }
    return 0;
  },
  tail: async (process, args) => {
    const { flags, rest } = parseFlags(
      args.map((arg) => arg.replace(/^-(\d+)$/, '-n$1')),
      'nc',
    );
    const bytes = flags.get('c');
    if (bytes?.startsWith('+') === true) {
      let skip = Number(bytes.slice(1)) - 1;
      for await (const chunk of inputs(process, rest)) {
        const kept = chunk.subarray(Math.min(skip, chunk.length));
        skip = Math.max(0, skip - chunk.length);
        await write(process.stdout, kept, process.signal);
      }
      return 0;
    }
    const whole = await wholeInput(process, rest);
    if (bytes !== undefined) await write(process.stdout, whole.subarray(-Number(bytes)), process.signal);
    else {
      const lines = whole.toString().split(/(?<=\n)/);
      await print(process, lines.slice(-Number(flags.get('n') ?? 10)).join(''));
    }
    return 0;
  },
  wc: async (process, args) => {
    const { flags, rest } = parseFlags(args);
    let [lines, words, bytes] = [0, 0, 0];
    for await (const chunk of inputs(process, rest)) {
      const text = chunk.toString('latin1');
      bytes += chunk.length;
      lines += text.split('\n').length - 1;
      if (flags.size === 0 || flags.has('w')) words += text.match(/\S+/g)?.length ?? 0;
    }
    const all = [
      flags.has('l') ? lines : undefined,
      flags.has('w') ? words : undefined,
      flags.has('c') ? bytes : undefined,
    ];
    const shown = flags.size === 0 ? [lines, words, bytes] : all.filter((number) => number !== undefined);
    await print(process, `${[...shown, ...rest].join(' ')}\n`);
    return 0;
  },
  grep: async (process, args) => {
    const { flags, rest } = parseFlags(args);
    const [pattern = '', ...paths] = rest;
    const wanted = pattern.toLowerCase();
    const ignoresCase = flags.has('i');
    const lines = (await wholeInput(process, paths)).toString().split('\n');
    if (lines.at(-1) === '') lines.pop();
    const found = lines.filter(
      (line) => (ignoresCase ? line.toLowerCase().includes(wanted) : line.includes(pattern)) !== flags.has('v'),
    );
    if (flags.has('c')) await print(process, `${found.length}\n`);
    else if (!flags.has('q')) await printAll(process, found);
    return found.length > 0 ? 0 : 1;
  },
  seq: async (process, args) => {
    const numbers = args.map(Number);
    const [first, last] = numbers.length > 1 ? [numbers[0] ?? 1, numbers.at(-1) ?? 0] : [1, numbers[0] ?? 0];
    for (let number = first; number <= last; number++) await print(process, `${number}\n`);
    return 0;
  },
};

async function printAll(process: Process, lines: readonly string[]): Promise<number> {
  if (lines.length > 0) await print(process, `${lines.join('\n')}\n`);
  return 0;
}

async function* inputs(process: Process, paths: readonly string[]): AsyncGenerator<Buffer> {
  if (paths.length === 0) yield* process.stdin as AsyncIterable<Buffer>;
  const contents: Buffer[] = [];
  await each(process, paths, async (path) => {
    contents.push(process.host.files.read(absolute(process, path)));
  });
  yield* contents;
}

/** No more than a container's files may have. */
async function wholeInput(process: Process, paths: readonly string[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of inputs(process, paths)) {
    size += chunk.length;
    if (size > 64 * 1024 * 1024) throw new Error('out of memory');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function endOfLines(chunk: Buffer, count: number): { readonly at: number; readonly lines: number } {
  let at = 0;
  for (let lines = 0; lines < count; lines++) {
    const end = chunk.indexOf(10, at);
    if (end < 0) return { at: chunk.length, lines };
    at = end + 1;
  }
  return { at, lines: count };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([ntrab\\])/g, (_all, letter: string) => ESCAPES[letter] ?? letter);
}
