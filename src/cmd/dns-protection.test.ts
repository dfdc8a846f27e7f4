import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDnsServerFile } from '../../federation/fleet/index.ts';
import { protectionOptions } from './dns-protection.ts';

async function optionsOf(text: string, secrets = '') {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-dns-protection-'));
  try {
    await writeFile(join(directory, 'dns.yaml'), text);
    await writeFile(join(directory, 'cookie.secret'), secrets);
    return await protectionOptions(await readDnsServerFile(join(directory, 'dns.yaml')));
  } finally {
    await rm(directory, { recursive: true });
  }
}

it('reads who is answered, and how much', async () => {
  const { access, rateLimit, ...others } = await optionsOf(`
access: { query: ['!10.6.6.6', 10.0.0.0/8, 'fd00::/8'], ignore: [any] }
rateLimit: { responsesPerSecond: 20, slip: 1, exempt: [127.0.0.1] }
identity: { name: ns1, version: koinon }
tcp: { idleSeconds: 30, maxConnections: 1000, maxConnectionsPerClient: 100 }
`);
  expect(['10.1.2.3', '10.6.6.6', 'fd00::1', '192.0.2.1'].map((client) => access?.query?.has(client))).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect(access?.ignore?.has('192.0.2.1')).toBe(true);
  expect(rateLimit).toMatchObject({ responsesPerSecond: 20, slip: 1 });
  expect(rateLimit?.exempt?.has('127.0.0.1')).toBe(true);
  expect(others).toEqual({
    identity: { name: 'ns1', version: 'koinon' },
    idleMs: 30_000,
    maxConnections: 1000,
    maxConnectionsPerClient: 100,
  });
  expect(await optionsOf('')).toEqual({});
});

it('reads secrets of cookies from their file, and tells no line of it', async () => {
  const text = 'cookies: { secretFile: cookie.secret, required: true }';
  const secrets = ['00'.repeat(16), 'ab'.repeat(16)];
  expect(await optionsOf(text, `${secrets.join('\n')}\n`)).toEqual({
    cookies: { required: true, secrets: secrets.map((secret) => Buffer.from(secret, 'hex')) },
  });
  expect(await optionsOf('cookies: { enabled: false }')).toEqual({ cookies: false });
  const failure = await optionsOf(text, 'not so secret').catch(String);
  expect(failure).toMatch(/cookie\.secret: a cookie secret is a line of 32 hexadecimal digits$/);
  expect(failure).not.toContain('not so');
  await expect(optionsOf(text)).rejects.toThrow('32 hexadecimal digits');
});

it.each([
  [
    'access: { query: [10.0.0.0/33] }',
    'access.query[0]: is not an address or network such as 192.0.2.0/24, any or none',
  ],
  ['access: { queries: [any] }', 'access: unknown key "queries"'],
  ['rateLimit: { slip: 1 }', 'responsesPerSecond'],
  ['rateLimit: { responsesPerSecond: 1, slip: 11 }', 'rateLimit.slip'],
  ['tcp: { idleSeconds: 0 }', 'tcp.idleSeconds'],
])('refuses %s', async (text, problem) => {
  await expect(optionsOf(text)).rejects.toThrow(problem);
});
