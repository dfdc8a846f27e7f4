import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readDnsServerFile } from '../../federation/fleet/index.ts';
import { transferOptions } from './dns-transfers.ts';

const owner = { name: 'acme', domain: 'example.com' };

async function read(text: string) {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-dns-'));
  onTestFinished(async () => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'key'), 'c2VjcmV0\n');
  await writeFile(join(directory, 'dns.yaml'), text);
  return readDnsServerFile(join(directory, 'dns.yaml'));
}

it('makes of a configuration what a server is told, zone by zone, and reads the secrets', async () => {
  const config = await read(`
keys: [{ name: Transfer., secretFile: key }, { name: old, algorithm: hmac-md5, secretFile: key }]
transfers:
  - allow: [{ key: Transfer. }, { cidrs: [10.0.0.0/8], key: old }]
    notify: [{ address: '192.0.2.1:53', key: Transfer. }]
  - zone: Other.test.
    allow: [{ cidrs: ['::/0'] }]
updates:
  - allow: [{ key: old, names: [Hosts.example.com.] }]
`);
  expect(await transferOptions(config, owner)).toEqual({
    keys: [
      { name: 'transfer', algorithm: 'hmac-sha256', secret: Buffer.from('secret') },
      { name: 'old', algorithm: 'hmac-md5.sig-alg.reg.int', secret: Buffer.from('secret') },
    ],
    zones: [
      {
        zone: 'example.com',
        transfer: [{ key: 'transfer' }, { key: 'old', addresses: ['10.0.0.0/8'] }],
        notify: [{ host: '192.0.2.1', port: 53, key: 'transfer' }],
        update: [{ key: 'old', names: ['hosts.example.com'] }],
      },
      { zone: 'other.test', transfer: [{ addresses: ['::/0'] }], notify: [], update: [] },
    ],
    protects: expect.any(Function) as unknown,
  });
});

it('protects what the federation publishes, and what would hide it', async () => {
  const config = await read('updates: [{ allow: [{ cidrs: [127.0.0.1] }] }]');
  const protects = (await transferOptions(config, owner))?.protects;
  const isProtected = (name: string, type: 'A' | 'NS' = 'A') => protects?.(name, type);
  expect(isProtected('web.shop.acme.svc.example.com')).toBe(true);
  expect(isProtected('_http._tcp.web.shop.acme.svc.eu-1.eu.example.com')).toBe(true);
  expect(isProtected('*.acme.svc.example.com')).toBe(true);
  expect(isProtected('eu.example.com', 'NS')).toBe(true);
  expect(isProtected('web.shop.other.svc.example.com')).toBe(false);
  expect(isProtected('www.example.com')).toBe(false);
});

it('is nothing where nothing is said', async () => {
  expect(await transferOptions(await read(''), owner)).toBeUndefined();
});

it.each([
  ['transfers: [{ allow: [{ key: gone }] }]', /transfers\[0\]\.allow\[0\]\.key: "gone" is none of "keys"/],
  ['transfers: [{ notify: [{ address: "192.0.2.1:53", key: gone }] }]', /notify\[0\]\.key: "gone" is none/],
  ['keys: [{ name: a, secretFile: key }, { name: a, secretFile: key }]', /keys\[1\]\.name: "a" is there twice/],
  ['keys: [{ name: a, secret: c2VjcmV0 }]', /"secretFile" is missing/],
  ['updates: [{ allow: [{ names: [a.example.com] }] }]', /updates\[0\]\.allow\[0\]/],
  ['transfers: [{ allow: [{ cidrs: [10.0.0.0/33] }] }]', /is not a prefix/],
  ['transfers: [{ axfr: true }]', /unknown key "axfr"/],
])('is refused where it contradicts itself: %s', async (text, problem) => {
  await expect(read(text)).rejects.toThrow(problem);
});
