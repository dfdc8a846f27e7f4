import { Resolver } from 'node:dns/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger as log, systemClock as clock } from '../../../src/component-base/index.ts';
import { dnsProviderConformance } from '../../../test/conformance/dns-provider.ts';
import type { DnsProcess } from '../../../test/harness/dns-process.ts';
import { withoutDnsServers } from '../../../test/harness/dns-servers.ts';
import { startKnot } from '../../../test/harness/knot.ts';
import { powerDnsApi, startPowerDns } from '../../../test/harness/powerdns.ts';
import { startTcpProxy } from '../../../test/harness/tcp-proxy.ts';
import type { RecordSet } from '../dns-provider.ts';
import { createPowerDnsProvider } from './powerdns-provider.ts';

const apiKey = 'a key';

describe.skipIf(withoutDnsServers('pdns_server'))('PowerDNS', () => {
  let server: DnsProcess;
  let zones = 0;

  beforeAll(async () => {
    server = await startPowerDns({ zones: [], apiKey, settings: { primary: 'yes' } });
  });

  afterAll(() => server[Symbol.asyncDispose]());

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(`/api/v1/servers/localhost${path}`, powerDnsApi(server)), {
      method,
      headers: { 'x-api-key': apiKey },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status).toBeLessThan(300);
    return response.status === 204 ? undefined : response.json();
  };

  async function newZone(): Promise<AsyncDisposable & { readonly zone: string }> {
    const zone = `z${zones++}.example.com`;
    await call('POST', '/zones', { name: `${zone}.`, kind: 'Native', nameservers: ['ns1.example.com.'] });
    return {
      zone,
      [Symbol.asyncDispose]: async () => {
        await call('DELETE', `/zones/${zone}.`);
      },
    };
  }

  const provider = () => createPowerDnsProvider({ url: powerDnsApi(server), apiKey, clock, log });

  dnsProviderConformance('PowerDNS', async () => {
    const { zone, ...made } = await newZone();
    const api = powerDnsApi(server);
    // An address that nobody connects from: its port is free when it is taken again.
    const proxy = await startTcpProxy({ host: api.hostname, port: Number(api.port) }, { host: '127.0.0.3' });
    const url = new URL(`http://${proxy.host}:${proxy.port}`);
    return {
      provider: createPowerDnsProvider({ url, apiKey, clock, log }),
      zone,
      interrupt: async () => {
        await proxy.set('cut');
        return () => proxy.set('up');
      },
      [Symbol.asyncDispose]: async () => {
        await proxy[Symbol.asyncDispose]();
        await made[Symbol.asyncDispose]();
      },
    };
  });

  it('serves what was published', async () => {
    await using under = await newZone();
    const zone = await provider().zone(under.zone);
    const name = `a.${under.zone}`;
    const text = `say "a\\b", ${'x'.repeat(200)}`;
    await zone.apply({
      upsert: [
        { name, type: 'A', ttlSeconds: 60, data: ['192.0.2.1', '192.0.2.2'] },
        { name: `srv.${under.zone}`, type: 'SRV', ttlSeconds: 60, data: [`0 5 80 ${name}`] },
        { name: `txt.${under.zone}`, type: 'TXT', ttlSeconds: 60, data: [text] },
      ],
      remove: [],
    });
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${server.port}`]);
    expect((await resolver.resolve4(name)).sort()).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(await resolver.resolveSrv(`srv.${under.zone}`)).toMatchObject([{ priority: 0, weight: 5, port: 80, name }]);
    expect((await resolver.resolveTxt(`txt.${under.zone}`)).map((strings) => strings.join(''))).toEqual([text]);
  });

  it('leaves alone what it could not have published, and refuses to put a CNAME beside it', async () => {
    await using under = await newZone();
    const name = `a.${under.zone}`;
    const records = (content: string) => [{ content, disabled: false }];
    await call('PATCH', `/zones/${under.zone}.`, {
      rrsets: [
        { name: `${name}.`, type: 'HINFO', ttl: 60, changetype: 'REPLACE', records: records('"a" "b"') },
        {
          name: `${name}.`,
          type: 'AAAA',
          ttl: 60,
          changetype: 'REPLACE',
          records: [{ content: '2001:db8::1', disabled: true }],
        },
      ],
    });
    const zone = await provider().zone(under.zone);
    expect(await zone.list()).toEqual([]);
    const alias: RecordSet = { name, type: 'CNAME', ttlSeconds: 60, data: [`b.${under.zone}`] };
    await expect(zone.apply({ upsert: [alias], remove: [] })).rejects.toMatchObject({ code: 'CnameConflict' });
    await zone.apply({
      upsert: [],
      remove: [
        { name, type: 'A' },
        { name, type: 'AAAA' },
      ],
    });
    expect(JSON.stringify(await call('GET', `/zones/${under.zone}.`))).toContain('HINFO');
  });

  it('says that the key is not taken, without the key', async () => {
    const other = createPowerDnsProvider({ url: powerDnsApi(server), apiKey: 'not that one', clock, log });
    const failure = other.zone('example.com');
    await expect(failure).rejects.toMatchObject({ code: 'Denied' });
    await expect(failure).rejects.toThrow(expect.not.stringContaining('not that one'));
  });

  it('sends large changes in calls that the server takes', async () => {
    await using under = await newZone();
    const zone = await provider().zone(under.zone);
    const text = 'x'.repeat(250);
    const sets = Array.from({ length: 6_000 }, (_, index): RecordSet => {
      return { name: `n${index}.${under.zone}`, type: 'TXT', ttlSeconds: 60, data: [`${text}${index}`] };
    });
    await zone.apply({ upsert: sets, remove: [] });
    expect(await zone.list()).toHaveLength(sets.length);
  });

  it('has secondaries told at once, and is no secondary itself', async (context) => {
    const why = withoutDnsServers('knotd');
    if (why !== false) context.skip(why);
    const zones = ['primary.test', 'secondary.test'];
    await call('POST', '/zones', { name: 'primary.test.', kind: 'Master', nameservers: ['ns1.example.com.'] });
    await call('POST', '/zones', { name: 'secondary.test.', kind: 'Slave', masters: ['127.0.0.1'], nameservers: [] });
    await using knot = await startKnot({
      config: [
        'remote:',
        '  - id: primary',
        `    address: 127.0.0.1@${server.port}`,
        'acl:',
        '  - id: primary',
        '    address: 127.0.0.1',
        '    action: notify',
      ].join('\n'),
      zones: [{ name: 'primary.test', config: 'master: primary\nacl: primary' }],
    });
    await call('POST', '/zones/primary.test./metadata', { kind: 'ALSO-NOTIFY', metadata: [`127.0.0.1:${knot.port}`] });
    const set: RecordSet = { name: 'a.primary.test', type: 'A', ttlSeconds: 60, data: ['192.0.2.1'] };
    await (await provider().zone('primary.test')).apply({ upsert: [set], remove: [] });
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${knot.port}`]);
    await expect.poll(() => resolver.resolve4(set.name).catch(() => [])).toEqual(set.data);

    await expect(provider().zone('secondary.test')).rejects.toThrow('records are published at its primary');
    for (const zone of zones) await call('DELETE', `/zones/${zone}.`);
  });
});
