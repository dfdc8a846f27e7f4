import { expect, it, vi } from 'vitest';
import { createLocalDns } from '../../../dns/provider/index.ts';
import { clusters, dnsExplanations, isReady } from '../../../federation/apis/index.ts';
import { namespaces, nodes, services } from '../../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../../src/component-base/index.ts';
import { dig, digMissing } from '../dig.ts';
import {
  balance,
  endpoints,
  nginx,
  startTestFederation,
  zone,
  type TestFederation,
  type TestMember,
} from './fixture.ts';

const NS = 'mynamespace';
const NAME = 'nginx.mynamespace.myfederation.svc.example.com';
const soon = { timeout: 20_000, interval: 20 };
const ips: Readonly<Record<string, string>> = {
  'gce-asia-east1': '198.51.100.1',
  'gce-us-central1': '198.51.100.3',
  'gce-us-east1': '198.51.100.4',
};

async function startDns() {
  const configured = [{ cidr: '203.0.113.0/24', place: { region: 'us-east1', source: 'configuration' } }];
  const options = { zones: [zone], host: '127.0.0.1', port: 0, places: { configured } };
  const dns = createLocalDns({ ...options, clock: systemClock, log: silentLogger });
  const running = await start([dns]);
  return { dns, [Symbol.asyncDispose]: () => running.stop() };
}

/** What a member's own kubelets would say. */
async function networks({ admin }: TestMember, podCIDR: string): Promise<void> {
  const [node] = (await admin.list(nodes)).items;
  await admin.update(nodes, { ...node!, spec: { podCIDR, podCIDRs: [podCIDR] } });
}

async function serving({ admin, members }: TestFederation): Promise<void> {
  await expect.poll(async () => (await admin.list(clusters)).items.filter(isReady).length, soon).toBe(members.length);
  await admin.create(namespaces, { metadata: { name: NS } });
  await admin.create(services, nginx(NS));
  for (const member of members) {
    await vi.waitFor(() => balance(member, NS, 'nginx', ips[member.name]!), soon);
    await endpoints(member, NS, 'nginx', [true, true]);
  }
}

const annotate = async ({ admin }: TestFederation, annotations: Readonly<Record<string, string>>) => {
  await vi.waitFor(async () => {
    const service = await admin.get(services, { namespace: NS, name: 'nginx' });
    const metadata = { ...service.metadata, annotations: { ...service.metadata.annotations, ...annotations } };
    await admin.update(services, { ...service, metadata });
  }, soon);
};

it.skipIf(digMissing)('tells each client the nearest shard, or as the Service asks, and explains it', async () => {
  await using own = await startDns();
  const { dns } = own;
  const federation = {
    provider: dns,
    places: dns.places,
    explainAnswer: (question: Parameters<typeof dns.explain>[0]) => dns.explain(question),
  };
  await using fleet = await startTestFederation({ names: Object.keys(ips), federation });
  const answers = async (name: string, ...flags: string[]) => {
    const text = await dig(dns.address, [name, 'A', '+noall', '+answer', '+comments', ...flags]);
    const data = [...text.matchAll(/\sIN\s+A\s+(\S+)/g)].map(([, address]) => address);
    return { data: data.sort().join(' '), subnet: /CLIENT-SUBNET: (\S+)/.exec(text)?.[1] ?? '' };
  };
  const asked = async (prefix: string) => {
    const { data, subnet } = await answers(NAME, `+subnet=${prefix}`);
    return `${data} ${subnet}`;
  };
  await networks(fleet.member('gce-asia-east1'), '10.1.0.0/16');
  await networks(fleet.member('gce-us-central1'), '10.3.0.0/16');
  await serving(fleet);

  const all = Object.values(ips).join(' ');
  await expect.poll(() => asked('10.1.5.0/24'), soon).toBe('198.51.100.1 10.1.5.0/24/16');
  await expect.poll(() => asked('10.3.5.0/24'), soon).toBe('198.51.100.3 10.3.5.0/24/16');
  expect(await asked('203.0.113.0/24')).toBe('198.51.100.4 203.0.113.0/24/24');
  expect(await asked('192.0.2.0/24')).toMatch(new RegExp(`^${all} 192.0.2.0/24/`));
  const regional = await answers('nginx.mynamespace.myfederation.svc.asia-east1.example.com');
  expect(regional.data).toBe('198.51.100.1');

  // The nearest is gone: its clients go elsewhere, and come back.
  await endpoints(fleet.member('gce-asia-east1'), NS, 'nginx', [false, false]);
  await expect.poll(() => asked('10.1.5.0/24'), soon).toMatch(/^198.51.100.3 198.51.100.4 /);
  const spec = { name: 'nginx.mynamespace', client: '10.1.5.0/24' };
  const { status } = await fleet.admin.create(dnsExplanations, { metadata: {}, spec });
  expect(status).toMatchObject({
    name: NAME,
    rcode: 'NOERROR',
    service: {
      policy: 'nearest',
      shards: [{ cluster: 'gce-asia-east1', verdict: 'notReady', published: false }, {}, {}],
    },
  });
  await endpoints(fleet.member('gce-asia-east1'), NS, 'nginx', [true, true]);
  await expect.poll(() => asked('10.1.5.0/24'), soon).toMatch(/^198.51.100.1 /);

  await annotate(fleet, {
    'federation.koinon.dev/dns-policy': 'failover',
    'federation.koinon.dev/dns-order': 'gce-us-east1,gce-us-central1',
  });
  await expect.poll(() => asked('10.1.5.0/24'), soon).toBe('198.51.100.4 10.1.5.0/24/0');

  // Nobody is healthy: no answer, unless any is better than none.
  for (const member of fleet.members) await endpoints(member, NS, 'nginx', [false]);
  await expect.poll(async () => (await answers(NAME)).data, soon).toBe('');
  await annotate(fleet, { 'federation.koinon.dev/dns-last-resort': 'least-bad' });
  await expect.poll(() => asked('10.1.5.0/24'), soon).toMatch(/^198.51.100.4 /);
});

it.each([
  ['dns-policy', 'closest', 'must be one of nearest, weighted, failover, all'],
  ['dns-policy', 'failover', 'failover needs federation.koinon.dev/dns-order'],
  ['dns-weights', 'us=1', 'is only for federation.koinon.dev/dns-policy: weighted'],
  ['dns-minimum', '0', 'must be a whole number from 1 to 64'],
  ['dns-last-resort', 'all', 'must be none or least-bad'],
])('refuses %s: %s', async (key, text, problem) => {
  await using fleet = await startTestFederation({ names: [] });
  await fleet.admin.create(namespaces, { metadata: { name: NS } });
  const service = nginx(NS);
  const metadata = { ...service.metadata, annotations: { [`federation.koinon.dev/${key}`]: text } };
  await expect(fleet.admin.create(services, { ...service, metadata })).rejects.toThrow(problem);
});

it('refuses to explain what is no question', async () => {
  await using fleet = await startTestFederation({ names: [] });
  const ask = (spec: { name: string; type?: string; client?: string }) =>
    fleet.admin.create(dnsExplanations, { metadata: {}, spec });
  await expect(ask({ name: '' })).rejects.toThrow('spec.name: Required value');
  await expect(ask({ name: 'a b' })).rejects.toThrow('must be a DNS name');
  await expect(ask({ name: 'a', type: 'B' })).rejects.toThrow('must be a type of record');
  await expect(ask({ name: 'a', client: '10.0.0.0/33' })).rejects.toThrow('must be an address, or a prefix');
  const { status } = await ask({ name: 'web.shop' });
  expect(status?.reasons).toEqual([
    'there is no Service shop/web in the federation',
    'the zone of the federation is not served here',
  ]);
});
