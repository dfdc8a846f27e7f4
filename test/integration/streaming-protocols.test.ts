import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/apiserver/index.ts';
import { channel, openWebSocket, podPath, startStreamingServer } from '../harness/streaming.ts';

const [STDIN, STDOUT, STDERR, STATUS, RESIZE, CLOSE] = [0, 1, 2, 3, 4, 255];
const binary = (number: number, data: string) => Buffer.concat([Buffer.from([number]), Buffer.from(data)]);
const base64 = (number: number, data: string) => `${number}${Buffer.from(data).toString('base64')}`;

/** Says on stderr how large the terminal is, on stdout what comes on stdin, and ends as its query says. */
async function echo({ query }: { readonly query: URLSearchParams }): Promise<Connection> {
  return {
    type: 'command',
    streams: { stdin: true, stdout: true, stderr: true, tty: false },
    run: async (session) => {
      const { stdin, stdout, stderr } = session;
      session.onResize(({ width, height }) => stderr?.write(`${width}x${height};`));
      const until = Number(query.get('bytes') ?? Infinity);
      if (stdin === undefined || stdout === undefined) throw new TypeError('these were asked for');
      if (until === Infinity) await pipeline(stdin, stdout, { end: false });
      else {
        let size = 0;
        for await (const chunk of stdin) {
          // @NOTE channels carry bytes.
          stdout.write(chunk as Buffer);
          size += (chunk as Buffer).length;
          if (size >= until) break;
        }
      }
      return Number(query.get('exit') ?? 0);
    },
  };
}

const command = (query = '') => `${podPath('exec')}?command=echo&${query}`;

describe('a command over a WebSocket', () => {
  it('ends its input with the message that closes a channel, in the fifth protocol', async () => {
    await using api = await startStreamingServer({ exec: echo });
    await using opened = await openWebSocket(api, command(), ['v5.channel.k8s.io']);
    const { socket, messages, closed } = opened;
    expect(socket.protocol).toBe('v5.channel.k8s.io');
    socket.send(binary(STDIN, 'one '));
    socket.send(binary(RESIZE, '{"Width":80,"Height":24}\n'));
    socket.send(binary(STDIN, 'two'));
    socket.send(Buffer.from([CLOSE, STDIN]));
    expect(await closed).toBe(1000);
    expect(channel(messages, STDOUT).toString()).toBe('one two');
    expect(channel(messages, STDERR).toString()).toBe('80x24;');
    expect(JSON.parse(channel(messages, STATUS).toString())).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
    });
    expect(messages.at(-1)?.[0]).toBe(STATUS);
  });

  it.each([
    { protocol: 'v5.channel.k8s.io', isStructured: true },
    { protocol: 'v4.channel.k8s.io', isStructured: true },
    { protocol: 'v4.base64.channel.k8s.io', isStructured: true },
    { protocol: 'channel.k8s.io', isStructured: false },
    { protocol: 'base64.channel.k8s.io', isStructured: false },
    { protocol: '', isStructured: false },
  ])('is carried by $protocol', async ({ protocol, isStructured }) => {
    await using api = await startStreamingServer({ exec: echo });
    await using opened = await openWebSocket(api, command('bytes=6&exit=7'), protocol === '' ? [] : [protocol]);
    const { socket, messages, closed } = opened;
    expect(socket.protocol).toBe(protocol);
    const isBase64 = protocol.includes('base64');
    const encode = isBase64 ? base64 : binary;
    socket.send(encode(STDIN, 'κοι'));
    expect(await closed).toBe(1000);
    expect(channel(messages, STDOUT, isBase64).toString()).toBe('κοι');
    const status = channel(messages, STATUS, isBase64).toString();
    if (!isStructured) expect(status).toBe('command terminated with non-zero exit code: exit status 7');
    else {
      expect(JSON.parse(status)).toMatchObject({
        status: 'Failure',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '7' }] },
      });
    }
  });

  it('speaks the first of what the client offers that it knows, and refuses what it knows none of', async () => {
    await using api = await startStreamingServer({ exec: echo });
    await using opened = await openWebSocket(api, command(), [
      'v9.channel.k8s.io',
      'v4.channel.k8s.io',
      'channel.k8s.io',
    ]);
    expect(opened.socket.protocol).toBe('v4.channel.k8s.io');
    await expect(openWebSocket(api, command(), ['v9.channel.k8s.io'])).rejects.toThrow('403');
  });

  it('tells what went wrong before it ran', async () => {
    const run = () => Promise.reject(new Error('no such container'));
    const streams = { stdin: false, stdout: true, stderr: true, tty: false };
    await using api = await startStreamingServer({ exec: async () => ({ type: 'command', streams, run }) });
    await using opened = await openWebSocket(api, command(), ['v4.channel.k8s.io']);
    await opened.closed;
    expect(JSON.parse(channel(opened.messages, STATUS).toString())).toMatchObject({
      status: 'Failure',
      reason: 'InternalError',
      message: 'Internal error occurred: no such container',
    });
  });
});

describe('a log over a WebSocket', () => {
  async function* lines() {
    yield 'κοι';
    yield Buffer.from([0, 255, 10]);
  }
  const log = async (): Promise<Connection> => ({ type: 'text', contentType: 'text/plain', body: lines() });
  const whole = Buffer.concat([Buffer.from('κοι'), Buffer.from([0, 255, 10])]);

  it.each(['binary.k8s.io', 'base64.binary.k8s.io', ''])('is carried by %s', async (protocol) => {
    await using api = await startStreamingServer({ log });
    await using opened = await openWebSocket(api, podPath('log'), protocol === '' ? [] : [protocol]);
    expect(opened.socket.protocol).toBe(protocol);
    await opened.closed;
    const isBase64 = protocol.startsWith('base64');
    const parts = opened.messages.map((message) => (isBase64 ? Buffer.from(message.toString(), 'base64') : message));
    expect(Buffer.concat(parts).equals(whole)).toBe(true);
  });

  it('is carried by nothing else', async () => {
    await using api = await startStreamingServer({ log });
    await expect(openWebSocket(api, podPath('log'), ['v4.channel.k8s.io'])).rejects.toThrow('403');
  });
});
