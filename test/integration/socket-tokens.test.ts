import { afterAll, expect, it } from 'vitest';
import type { Connection } from '../../src/apiserver/index.ts';
import { channel, openWebSocket, podPath, startStreamingServer } from '../harness/streaming.ts';

const TOKEN = 'sécret~token?';
const EXEC = `${podPath('exec')}?command=whoami`;
const WATCH = '/api/v1/namespaces/default/configmaps?watch=1';

const protocolOf = (token: string | Uint8Array) =>
  `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`;

/** Says that it runs. */
const exec = async (): Promise<Connection> => ({
  type: 'command',
  streams: { stdin: false, stdout: true, stderr: false, tty: false },
  run: async ({ stdout }) => {
    stdout?.write('here');
    return 0;
  },
});

const ann = { username: 'ann', groups: ['system:masters'] };
const api = await startStreamingServer(
  { exec },
  { authenticators: () => [async ({ bearerToken }) => (bearerToken === TOKEN ? ann : undefined)] },
);
afterAll(() => api[Symbol.asyncDispose]());

/** As a browser without a certificate. */
const open = (path: string, protocols: readonly string[], headers: Readonly<Record<string, string>> = {}) =>
  openWebSocket(api, path, protocols, { cert: undefined, key: undefined, headers });

it.each([
  [protocolOf(TOKEN), 'v5.channel.k8s.io'],
  ['v5.channel.k8s.io', protocolOf(TOKEN)],
])('lets a command run for whom a sub-protocol names, and answers with the other (%s, %s)', async (...protocols) => {
  await using opened = await open(EXEC, protocols);
  expect(opened.socket.protocol).toBe('v5.channel.k8s.io');
  expect(await opened.closed).toBe(1000);
  expect(channel(opened.messages, 1).toString()).toBe('here');
});

it('never answers with the token, not where any protocol will do', async () => {
  await using watch = await open(WATCH, [protocolOf(TOKEN), 'v1.example.com']);
  expect(watch.socket.protocol).toBe('v1.example.com');
  await using known = await openWebSocket(api, WATCH, [protocolOf('another'), 'v1.example.com']);
  expect(known.socket.protocol).toBe('v1.example.com');
});

it.each([
  ['a token that nobody knows', [protocolOf('another'), 'v1.example.com']],
  ['a token and no other protocol', [protocolOf(TOKEN)]],
  ['two tokens', [protocolOf(TOKEN), protocolOf('another'), 'v1.example.com']],
  ['a token with characters of no base64url', [`${protocolOf(TOKEN)}!`, 'v1.example.com']],
  ['a token that breaks off', [`${protocolOf('abc')}a`, 'v1.example.com']],
  ['a token that is no text', [protocolOf(Uint8Array.of(0xff, 0xfe)), 'v1.example.com']],
  ['an empty token', [protocolOf(''), 'v1.example.com']],
])('refuses %s', async (_, protocols) => {
  await expect(open(WATCH, protocols)).rejects.toThrow('401');
});

it('believes a token in the header and a certificate before it', async () => {
  const broken = ['base64url.bearer.authorization.k8s.io.a', 'v1.example.com'];
  await using byCertificate = await openWebSocket(api, WATCH, broken);
  expect(byCertificate.socket.protocol).toBe('v1.example.com');
  const headers = { authorization: 'Bearer another' };
  await expect(open(WATCH, [protocolOf(TOKEN), 'v1.example.com'], headers)).rejects.toThrow('401');
});
