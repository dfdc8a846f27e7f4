import { PassThrough, Writable } from 'node:stream';
import type { ContainerConfig, ContainerLogEntry, ContainerStreams } from '../container-runtime.ts';
import type { HollowCommands } from './hollow-commands.ts';
import { write } from './shell/process.ts';
import { isSelfContained } from './shell/self-contained.ts';

type Output = ContainerLogEntry['stream'];
type Resize = Parameters<ContainerStreams['onResize']>[0];

interface Viewer {
  readonly streams: ContainerStreams;
  readonly signal: AbortSignal;
}

const SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:sh|ash|bash)$/;
/** Longer lines are cut in the log. */
const LINE_CHARACTERS = 16 * 1024;

/**
 * What a hollow container really runs, if anything: whoever adds a container to look around in a pod, or sits at its
 * terminal, wants to do something there; and a task that needs nothing of its image ends as it says,
 * unless annotations say how.
 */
export function ownCommand(config: ContainerConfig, isToldItsEnd = false): readonly string[] | undefined {
  const command = [...config.command, ...config.args];
  if (config.isEphemeral === true) return command.length === 0 ? ['sh'] : command;
  if (config.ports.length > 0) return undefined;
  if (config.runsToCompletion && !isToldItsEnd && isSelfContained(command)) return command;
  const isInteractive = config.stdin === true && config.tty === true;
  if (!isInteractive) return undefined;
  const [name = 'sh', ...rest] = command;
  return SHELL.test(name) ? [name, ...rest] : undefined;
}

/** The first process of a container. All who are attached share its input and see its output, which is logged as well. */
export class HollowProcess {
  readonly #config: ContainerConfig;
  readonly #log: (stream: Output, line: string) => void;
  readonly #input = new PassThrough();
  readonly #viewers = new Set<Viewer>();
  readonly #resized = new Set<Resize>();
  readonly #lines = { stdout: '', stderr: '' };
  readonly #ended = Promise.withResolvers<undefined>();

  constructor(config: ContainerConfig, log: (stream: Output, line: string) => void) {
    this.#config = config;
    this.#log = log;
  }

  /** Resolves to the exit code. */
  async run(commands: HollowCommands, command: readonly string[], signal: AbortSignal): Promise<number> {
    const { stdin = false, tty = false } = this.#config;
    const streams: ContainerStreams = {
      ...(stdin ? { stdin: this.#input } : {}),
      stdout: this.#output('stdout'),
      stderr: this.#output('stderr'),
      onResize: (listener) => this.#resized.add(listener),
    };
    try {
      return await commands.exec({ command, tty }, streams, signal);
    } finally {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (this.#lines[stream] !== '') this.#log(stream, this.#lines[stream]);
      }
      this.#ended.resolve(undefined);
    }
  }

  /** Until it has ended, or `signal` aborts. */
  async attach(streams: ContainerStreams, signal: AbortSignal): Promise<void> {
    const { stdin } = streams;
    const viewer = { streams, signal };
    this.#viewers.add(viewer);
    streams.onResize((size) => {
      for (const listener of this.#resized) listener(size);
    });
    stdin?.pipe(this.#input, { end: false });
    const last = () => {
      if (this.#config.stdinOnce === true) this.#input.end();
    };
    stdin?.once('end', last);
    const gone = Promise.withResolvers<undefined>();
    const leave = () => {
      gone.resolve(undefined);
    };
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    try {
      await Promise.race([this.#ended.promise, gone.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      stdin?.unpipe(this.#input);
      this.#viewers.delete(viewer);
      if (stdin !== undefined && signal.aborted) last();
    }
  }

  #output(stream: Output): Writable {
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.#keep(stream, chunk);
        this.#show(stream, chunk).then(() => {
          done();
        }, done);
      },
    });
  }

  /** As fast as the slowest of them takes it. */
  async #show(stream: Output, chunk: Buffer): Promise<void> {
    await Promise.all(
      [...this.#viewers].map(async (viewer) => {
        const { streams, signal } = viewer;
        const target = stream === 'stdout' ? streams.stdout : (streams.stderr ?? streams.stdout);
        try {
          if (target !== undefined) await write(target, chunk, signal);
        } catch {
          // He is gone, which is nobody else's business.
          this.#viewers.delete(viewer);
        }
      }),
    );
  }

  #keep(stream: Output, chunk: Buffer): void {
    const lines = (this.#lines[stream] + chunk.toString()).split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) this.#log(stream, line.replace(/\r$/, ''));
    const isLong = rest.length > LINE_CHARACTERS;
    if (isLong) this.#log(stream, rest);
    this.#lines[stream] = isLong ? '' : rest;
  }
}
