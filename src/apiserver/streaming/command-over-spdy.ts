import type { Duplex } from 'node:stream';
import type { SpdyConnection } from './spdy/spdy-connection.ts';
import { ended, outcome } from './command-over-websocket.ts';
import { statusMessage } from './command-status.ts';
import type { CommandSession, CommandStreams, Connection, TerminalSize } from './connection.ts';
import type { Headers } from './spdy/header-block.ts';
import { TerminalSizes } from './terminal-size.ts';

/** Of SPDY; the fifth is for WebSockets alone, since here streams are closed without it. */
export const SPDY_COMMAND_PROTOCOLS = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];

/** The streams of a command, as the client opens them. */
export class CommandStreamSet {
  readonly #wanted: ReadonlySet<string>;
  readonly #streams = new Map<string, Duplex>();
  readonly #complete = Promise.withResolvers<undefined>();

  constructor({ stdin, stdout, stderr, tty }: CommandStreams, protocol: string) {
    const resize = tty && /^v[345]/.test(protocol);
    this.#wanted = new Set([
      'error',
      ...(stdin ? ['stdin'] : []),
      ...(stdout ? ['stdout'] : []),
      ...(stderr ? ['stderr'] : []),
      ...(resize ? ['resize'] : []),
    ]);
  }

  add(stream: Duplex, headers: Headers): void {
    const type = headers.get('streamtype') ?? '';
    if (!this.#wanted.has(type) || this.#streams.has(type)) {
      stream.destroy();
      return;
    }
    this.#streams.set(type, stream);
    if (this.#streams.size === this.#wanted.size) this.#complete.resolve(undefined);
  }

  /** When the client has opened all that it asked for. */
  get complete(): Promise<undefined> {
    return this.#complete.promise;
  }

  get error(): Duplex | undefined {
    return this.#streams.get('error');
  }

  get stdin(): Duplex | undefined {
    return this.#streams.get('stdin');
  }

  get stdout(): Duplex | undefined {
    return this.#streams.get('stdout');
  }

  get stderr(): Duplex | undefined {
    return this.#streams.get('stderr');
  }

  session(): CommandSession {
    const listeners: ((size: TerminalSize) => void)[] = [];
    const sizes = new TerminalSizes((size) => {
      for (const listener of listeners) listener(size);
    });
    this.#streams.get('resize')?.on('data', (chunk: Buffer) => {
      sizes.read(chunk);
    });
    const { stdin, stdout, stderr } = this;
    // Nothing comes on these, but that they end.
    for (const stream of [stdout, stderr, this.error]) stream?.resume();
    return {
      ...(stdin === undefined ? {} : { stdin }),
      ...(stdout === undefined ? {} : { stdout }),
      ...(stderr === undefined ? {} : { stderr }),
      onResize: (listener) => {
        listeners.push(listener);
      },
    };
  }
}

/** Runs a command for a client that has opened its streams. */
export async function commandOverSpdy(
  command: Connection & { readonly type: 'command' },
  { connection, streams }: { readonly connection: SpdyConnection; readonly streams: CommandStreamSet },
  protocol: string,
  signal: AbortSignal,
): Promise<void> {
  const session = streams.session();
  const status = await outcome(command, session, signal);
  if (signal.aborted) return;
  await ended(session.stdout, session.stderr);
  streams.error?.write(statusMessage(status, protocol.startsWith('v4')));
  await ended(streams.error, streams.stdin);
  connection.close();
}
