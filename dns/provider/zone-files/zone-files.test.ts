import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { dnsProviderConformance } from '../../../test/conformance/dns-provider.ts';
import { startBind } from '../../../test/harness/bind.ts';
import { withoutDnsServers } from '../../../test/harness/dns-servers.ts';
import { silentLogger as log, systemClock as clock } from '../../../src/component-base/index.ts';
import { openProvider, type RecordSet } from '../index.ts';
import { providers as factories } from '../providers.ts';
import type { SettingValue } from '../config/provider-settings.ts';

async function temporary(): Promise<AsyncDisposable & { readonly path: string; readonly file: string }> {
  const path = await mkdtemp(join(tmpdir(), 'koinon-zone-files-'));
  return { path, file: join(path, 'example.com.zone'), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const opened = (config: Readonly<Record<string, SettingValue>>) =>
  openProvider({ provider: 'zonefiles', config: { zones: 'example.com', ...config } }, { factories, clock, log });

dnsProviderConformance('Zone files', async () => {
  const directory = await temporary();
  const provider = await opened({ directory: directory.path });
  return {
    provider,
    rival: provider,
    zone: 'example.com',
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
});

const set = (name: string, type: RecordSet['type'], ...data: string[]): RecordSet => ({
  name: `${name}.example.com`,
  type,
  ttlSeconds: 60,
  data,
});

const serialOf = (text: string) => Number(/SOA \S+ \S+ (\d+)/.exec(text)?.[1]);

const everyType: readonly RecordSet[] = [
  set('a', 'A', '192.0.2.1', '192.0.2.2'),
  set('a', 'AAAA', '2001:db8::1'),
  set('a', 'TXT', 'heritage=koinon; "quoted" \\ and ä', '"two" "strings"', 'x'.repeat(300)),
  set('a', 'MX', '0 .'),
  set('a', 'CAA', '0 issue "ca.example; x=y"'),
  set('a', 'HTTPS', '1 . alpn=h2,h3 ipv4hint=192.0.2.1'),
  set('a', 'SVCB', '1 b.example.com alpn=f\\\\\\\\oo\\\\,bar,h2 key667=hello\\210qoo'),
  set('a', 'TYPE44', '\\# 3 0a0b0c'),
  set('b', 'CNAME', 'a.example.org'),
  set('*.c', 'PTR', 'a.example.com'),
  set('_x._tcp', 'SRV', '0 5 80 a.example.com'),
  set('sub', 'NS', 'ns.example.org'),
];

describe('zone files', () => {
  it('are found again by the next process, every type of record', async () => {
    await using directory = await temporary();
    const zone = await (await opened({ directory: directory.path })).zone('example.com');
    await zone.apply({ upsert: everyType, remove: [] });
    const text = await readFile(directory.file, 'utf8');
    const again = await (await opened({ directory: directory.path })).zone('example.com');
    expect(new Set(await again.list())).toEqual(new Set(await zone.list()));
    expect(new Set(await again.list())).toEqual(new Set(everyType.map((it) => ({ ...it, data: it.data.toSorted() }))));
    expect(await readFile(directory.file, 'utf8')).toBe(text);
    expect(await readdir(directory.path)).toEqual(['example.com.zone']);
  });

  it('have what the settings say beside, and a greater serial whenever anything changed', async () => {
    await using directory = await temporary();
    const serials: number[] = [];
    for (const records of [[], ['www A 192.0.2.80'], ['www A 192.0.2.80'], []]) {
      const provider = await opened({
        directory: directory.path,
        nameservers: ['ns1.example.com 192.0.2.53'],
        records,
      });
      expect(await (await provider.zone('example.com')).list()).toEqual([]);
      const text = await readFile(directory.file, 'utf8');
      expect(text).toContain('ns1.example.com. 180 IN A 192.0.2.53\n');
      expect(text.includes('www.example.com. 180 IN A 192.0.2.80\n')).toBe(records.length > 0);
      serials.push(serialOf(text));
    }
    const [first] = serials;
    expect(serials).toEqual([first, first! + 1, first! + 1, first! + 2]);
  });

  it('leave alone what somebody else wrote', async () => {
    await using directory = await temporary();
    const foreign = '$TTL 60\n@ IN SOA ns hostmaster 1 2 3 4 5\n';
    await writeFile(directory.file, foreign);
    const provider = await opened({ directory: directory.path });
    await expect(provider.zone('example.com')).rejects.toThrow(
      `${directory.file} is damaged: koinon has not written it`,
    );
    expect(await readFile(directory.file, 'utf8')).toBe(foreign);
  });

  it('are another time as new when the server could not be told', async () => {
    await using directory = await temporary();
    const flag = join(directory.path, 'flag');
    const provider = await opened({ directory: directory.path, reload: `cat ${flag}` });
    await expect(provider.zone('example.com')).rejects.toMatchObject({ code: 'Unavailable' });
    await expect(provider.zone('example.com')).rejects.toMatchObject({ code: 'Unavailable' });
    await writeFile(flag, '');
    const zone = await provider.zone('example.com');
    await rm(flag);
    const change = { upsert: [set('a', 'A', '192.0.2.1')], remove: [] };
    await expect(zone.apply(change)).rejects.toMatchObject({ code: 'Unavailable' });
    const before = serialOf(await readFile(directory.file, 'utf8'));
    await writeFile(flag, '');
    await zone.apply(change);
    expect(serialOf(await readFile(directory.file, 'utf8'))).toBe(before + 1);
  });

  it.each<[string, Readonly<Record<string, SettingValue>>, RegExp]>([
    ['no directory', {}, /"directory" is missing/],
    ['no zone', { directory: '/x', zones: [] }, /"zones" names no zone/],
    ['a bad zone', { directory: '/x', zones: 'Example' }, /"zones" does not fit zone Example/],
    ['a bad record', { directory: '/x', records: ['www A x'] }, /"records" does not fit zone example\.com: .*IPv4/],
    ['an unknown key', { directory: '/x', path: 'y' }, /unknown key "path"/],
  ])('are not written by settings with %s', async (_, config, message) => {
    await expect(opened(config)).rejects.toThrow(message);
  });

  it.skipIf(withoutDnsServers('named'))('are served by BIND, reloaded with each change', async () => {
    await using directory = await temporary();
    const text = '$TTL 60\n@ IN SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 127.0.0.1\n';
    const files = `zone "example.com" { type primary; file "${directory.file}"; };`;
    await (await opened({ directory: directory.path, nameservers: ['ns.example.com 127.0.0.1'] })).zone('example.com');
    await using bind = await startBind({ zones: [{ name: 'other.test', text }], config: files });
    const provider = await opened({
      directory: directory.path,
      nameservers: ['ns.example.com 127.0.0.1'],
      reload: ['kill', '-HUP', String(bind.pid)],
    });
    const zone = await provider.zone('example.com');
    await zone.apply({ upsert: everyType, remove: [] });
    const ask = async (...question: string[]) => {
      const args = ['@127.0.0.1', '-p', String(bind.port), '+short', '+tries=1', ...question];
      return (await promisify(execFile)('dig', args)).stdout.trim().split('\n').sort();
    };
    await expect.poll(() => ask('a.example.com', 'A'), { timeout: 20_000 }).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(await ask('a.example.com', 'HTTPS')).toEqual(['1 . alpn="h2,h3" ipv4hint=192.0.2.1']);
    expect(await ask('a.example.com', 'MX')).toEqual(['0 .']);
    expect(await ask('a.example.com', 'TXT')).toContain('"two" "strings"');
    expect(await ask('x.c.example.com', 'PTR')).toEqual(['a.example.com.']);
    await zone.apply({ upsert: [set('a', 'A', '192.0.2.7')], remove: [] });
    await expect.poll(() => ask('a.example.com', 'A'), { timeout: 20_000 }).toEqual(['192.0.2.7']);
  });
});
