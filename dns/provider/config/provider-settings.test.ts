import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger as log, systemClock as clock } from '../../../src/component-base/index.ts';
import { openProvider } from './open-provider.ts';
import type { ProviderConfig } from './provider-config.ts';
import { ProviderSettings, type SettingValue } from './provider-settings.ts';

const settings = (values: Record<string, SettingValue>, directory = '/etc') =>
  new ProviderSettings({ values, where: 'fleet.yaml', directory });

const unasked = (all: ProviderSettings): unknown => {
  all.assertAllAsked();
  return all;
};

async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'koinon-provider-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

describe('ProviderSettings', () => {
  it.each(['etcd-endpoints', 'etcdEndpoints', 'ETCD_ENDPOINTS'])('knows a key written %s', (key) => {
    expect(settings({ [key]: 'a, b' }).list('etcdEndpoints')).toEqual(['a', 'b']);
  });

  it('gives each value as what it was asked for', () => {
    const all = settings({ server: '127.0.0.1', port: 53, tls: true, key: 'k.pem' });
    expect([all.required('server'), all.integer('port', { min: 1, max: 99 })]).toEqual(['127.0.0.1', 53]);
    expect([all.flag('tls'), all.path('key'), all.text('none')]).toEqual([true, '/etc/k.pem', undefined]);
    expect(() => {
      all.assertAllAsked();
    }).not.toThrow();
  });

  it.each<[string, Record<string, SettingValue>, (all: ProviderSettings) => unknown]>([
    ['"server" is missing', {}, (all) => all.required('server')],
    ['"server" is empty', { server: '' }, (all) => all.text('server')],
    ['"server" is one text, not a list', { server: ['a'] }, (all) => all.text('server')],
    ['"port" is not a whole number from 1 to 9', { port: '1e1' }, (all) => all.integer('port', { min: 1, max: 9 })],
    ['"tls" is not one of true, false', { tls: 'yes' }, (all) => all.flag('tls')],
    ['"a-b" and "aB" are the same key', { 'a-b': '1', aB: '2' }, (all) => all],
    ['unknown key "sever"', { sever: 'x' }, unasked],
    ['"key" and "keyFile" are both given', { key: 'x', keyFile: 'y' }, (all) => all.secret('key')],
  ])('says where and why: %s', async (message, values, ask) => {
    await expect(async () => ask(settings(values))).rejects.toThrow(`fleet.yaml: ${message}`);
  });

  it('reads a secret from the file that is named', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, 'token'), 'secret\n');
    expect(await settings({ tokenFile: 'token' }, directory.path).secret('token')).toBe('secret');
    await expect(settings({ tokenFile: 'other' }, directory.path).secret('token')).rejects.toThrow(
      'fleet.yaml: "tokenFile" cannot be read: ENOENT',
    );
  });
});

describe('openProvider', () => {
  async function opened(ini: string): Promise<Partial<ProviderConfig>> {
    await using directory = await temporaryDirectory();
    const configFile = join(directory.path, 'provider.ini');
    await writeFile(configFile, ini);
    const seen: ProviderConfig[] = [];
    const fake = async (config: ProviderConfig) => {
      seen.push(config);
      config.settings.list('zones');
      config.settings.text('etcdEndpoints');
      return { zone: async () => Promise.reject(new Error('none')) };
    };
    await openProvider({ provider: 'fake', configFile, zoneId: 'Z1' }, { factories: { fake }, clock, log });
    return seen[0] ?? {};
  }

  it('takes the keys of [Global], as the original wrote them', async () => {
    const { settings: read, zoneId } = await opened(
      '[Global]\netcd-endpoints = "http://etcd:2379"\nzones = a.example.\nzones = b.example.\n',
    );
    expect(read?.text('etcdEndpoints')).toBe('http://etcd:2379');
    expect(read?.list('zones')).toEqual(['a.example.', 'b.example.']);
    expect(zoneId).toBe('Z1');
  });

  it.each([
    ['unknown key "zone"', 'zone = a'],
    ['unknown section [azure]', '[azure]\nzones = a'],
    ['"zones" is given twice', 'zones = a\n[global]\nzones = b'],
  ])('refuses a file: %s', async (message, ini) => {
    await expect(opened(ini)).rejects.toThrow(message);
  });

  it('refuses a provider that there is not', async () => {
    await expect(openProvider({ provider: 'x' }, { factories: {}, clock, log })).rejects.toThrow(
      'there is no DNS provider "x"',
    );
  });
});
