import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { Channels } from './channels.ts';
import { exitStatus, failureStatus, statusMessage, type CommandStatus } from './command-status.ts';
import type { CommandSession, Connection, TerminalSize } from './connection.ts';
import { TerminalSizes } from './terminal-size.ts';

export const COMMAND_PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
];

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const RESIZE = 4;
const NORMAL = 1000;

/** Runs a command for a client at a WebSocket, with streams on channels. */
export async function commandOverWebSocket(
  command: Connection & { readonly type: 'command' },
  webSocket: WebSocket,
  protocol: string,
  signal: AbortSignal,
): Promise<void> {
  const channels = new Channels(webSocket, protocol.includes('base64') ? 'base64' : 'binary');
  const session = sessionOf(channels, command);
  // Some clients begin when they have heard something.
  const { stdout, stderr } = command.streams;
  await channels.send(stdout ? STDOUT : stderr ? STDERR : STATUS, Buffer.alloc(0));
  const status = await outcome(command, session, signal);
  if (signal.aborted) return;
  await ended(session.stdout, session.stderr);
  const message = statusMessage(status, /^v[45]/.test(protocol));
  if (message.length > 0) await channels.send(STATUS, message);
  webSocket.resume();
  webSocket.close(NORMAL);
}

/** Never rejects. */
export async function outcome(
  command: Connection & { readonly type: 'command' },
  session: CommandSession,
  signal: AbortSignal,
): Promise<CommandStatus> {
  try {
    return exitStatus(await command.run(session, signal));
  } catch (err) {
    return failureStatus(err);
  }
}

/** All that was written has gone out. */
export async function ended(...streams: readonly (Writable | undefined)[]): Promise<void> {
  const open = streams.filter((stream) => stream?.writable === true);
  await Promise.allSettled(
    open.map(async (stream) => {
      if (stream !== undefined) await finished(stream.end(), { readable: false });
    }),
  );
}

function sessionOf(channels: Channels, { streams }: Connection & { readonly type: 'command' }): CommandSession {
  const listeners: ((size: TerminalSize) => void)[] = [];
  const sizes = new TerminalSizes((size) => {
    for (const listener of listeners) listener(size);
  });
  channels.listen(RESIZE, (message) => {
    sizes.read(message);
  });
  return {
    ...(streams.stdin ? { stdin: channels.readable(STDIN) } : {}),
    ...(streams.stdout ? { stdout: channels.writable(STDOUT) } : {}),
    ...(streams.stderr ? { stderr: channels.writable(STDERR) } : {}),
    onResize: (listener) => {
      listeners.push(listener);
    },
  };
}
