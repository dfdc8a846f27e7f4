import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLocalZones, type DnsZone, type RecordSet } from '../../dns/provider/index.ts';
import { keyOf } from '../../src/apimachinery/index.ts';
import { configMaps, services, type Service } from '../../src/apis/index.ts';
import { FakeClock, silentLogger, start } from '../../src/component-base/index.ts';
import { createInformer } from '../../src/controller/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { FaultyDnsProvider, type ProviderFault } from '../../test/harness/faulty-dns-provider.ts';
import { clusters } from '../apis/index.ts';
import { ServiceDnsController } from './service-dns-controller.ts';
import { publishingProblems } from '../publishing/index.ts';
import { publishingReport } from './publishing-report.ts';
import type { PublishTarget } from './publish-target.ts';

const soon = { timeout: 30_000, interval: 5 };
const GLOBAL = 'web.shop.fed.svc';

/** A federation of one cluster that publishes in its own zone and in one that it shares with others. */
async function publishing(options: Partial<PublishTarget> = {}) {
  const clock = new FakeClock();
  const deps = { clock, log: silentLogger };
  const api = new FakeClient();
  const zones = createLocalZones({ zones: [{ name: 'own.test' }, { name: 'shared.test' }], ...deps });
  const shared = new FaultyDnsProvider(zones);
  const addresses = new Map<string, readonly string[]>();
  const handlers = new Set<(key: string) => void>();
  const told: string[] = [];
  const created = new Set<string>();
  const serviceInformer = createInformer(api, services, deps);
  const clusterInformer = createInformer(api, clusters, deps);
  serviceInformer.onEvent(({ key }) => {
    for (const handler of handlers) handler(key);
  });
  const build = () =>
    new ServiceDnsController(
      {
        services: serviceInformer,
        clusters: clusterInformer,
        shards: {
          reachable: (service: Service) => {
            const known = addresses.get(keyOf(service)) ?? [];
            return known.length === 0 ? [] : [{ cluster: 'east', addresses: known }];
          },
          onChange: (handler: (key: string) => void) => {
            handlers.add(handler);
            return () => handlers.delete(handler);
          },
        },
        events: {
          name: 'events',
          run: async () => undefined,
          event: (_about: unknown, type: string, reason: string, message: string) => {
            told.push(`${type} ${reason}: ${message}`);
          },
        },
        resolveHostName: async () => [],
        ...deps,
      },
      {
        federation: 'fed',
        ttlSeconds: 60,
        targets: [
          { name: 'own', provider: zones, zoneName: 'own.test' },
          { name: 'shared', provider: shared, zoneName: 'shared.test', owner: 'fed', ...options },
        ],
      },
    );
  await api.create(clusters, {
    metadata: { name: 'east' },
    spec: { serverAddressByClientCIDRs: [{ serverAddress: 'east' }] },
  });
  const base = await start([zones, serviceInformer, clusterInformer]);
  const controller = build();
  return {
    api,
    clock,
    shared,
    told,
    controller,
    report: publishingReport({ publishers: controller.publishers, federation: api, ...deps }),
    zone: async (name: string): Promise<DnsZone> => zones.zone(name),
    answers: async (name: string) => shown(await (await zones.zone(name)).list()),
    serve: async (name: string, ...known: string[]) => {
      addresses.set(`shop/${name}`, known);
      const key = { namespace: 'shop', name };
      if (!created.has(name)) await api.create(services, { metadata: key });
      else for (const handler of handlers) handler(`shop/${name}`);
      created.add(name);
    },
    state: (target: string) => {
      const found = controller.publishers.map((publisher) => publisher.state()).find((one) => one.target === target);
      return { waiting: found?.waiting, problem: found?.problem, stuck: [...(found?.stuck.keys() ?? [])] };
    },
    [Symbol.asyncDispose]: () => base.stop(),
  };
}

/** All but claims. */
const shown = (records: readonly RecordSet[]) =>
  Object.fromEntries(
    records
      .filter(({ name }) => !name.includes('._koinon.'))
      .map(({ name, type, data }) => [`${name} ${type}`, data.join()]),
  );

const foreign: RecordSet = { name: `${GLOBAL}.shared.test`, type: 'A', ttlSeconds: 5, data: ['192.0.2.1'] };

it('publishes the same Services in several zones, each with its own suffix', async () => {
  await using fixture = await publishing();
  await fixture.serve('web', '10.0.0.1');
  await using _running = await start([fixture.controller]);
  await expect.poll(() => fixture.answers('own.test'), soon).toEqual({ [`${GLOBAL}.own.test A`]: '10.0.0.1' });
  await expect.poll(() => fixture.answers('shared.test'), soon).toEqual({ [`${GLOBAL}.shared.test A`]: '10.0.0.1' });
  await fixture.api.delete(services, { namespace: 'shop', name: 'web' });
  await expect.poll(async () => (await (await fixture.zone('shared.test')).list()).length, soon).toBe(0);
});

it.each(['away', 'hangs', 'denies', 'conflicts', 'loses-answers'] as const)(
  'keeps no zone waiting for a provider that %s, says what waits there, and is in step again afterwards',
  async (fault) => {
    await using fixture = await publishing();
    await using _running = await start([fixture.controller]);
    await expect.poll(() => fixture.shared.reads, soon).toBe(1);
    fixture.shared.fault = fault;
    await fixture.serve('web', '10.0.0.1');
    await expect.poll(() => fixture.answers('own.test'), soon).toEqual({ [`${GLOBAL}.own.test A`]: '10.0.0.1' });
    if (fault !== 'hangs') await expect.poll(() => fixture.state('shared').problem, soon).toBeTypeOf('string');
    if (fault !== 'hangs') expect(fixture.state('shared').waiting).toBe(1);
    await fixture.serve('web', '10.0.0.2');
    await expect.poll(() => fixture.answers('own.test'), soon).toEqual({ [`${GLOBAL}.own.test A`]: '10.0.0.2' });
    if (fault === 'hangs') return;
    fixture.shared.fault = 'none';
    await fixture.clock.advance(61_000);
    await expect.poll(() => fixture.answers('shared.test'), soon).toEqual({ [`${GLOBAL}.shared.test A`]: '10.0.0.2' });
    await expect.poll(() => fixture.state('shared'), soon).toEqual({ waiting: 0, problem: undefined, stuck: [] });
  },
);

it('leaves a name alone that is somebody else’s, says so, and takes it when it is free', async () => {
  await using fixture = await publishing();
  const zone = await fixture.zone('shared.test');
  await zone.apply({ upsert: [foreign], remove: [] });
  await fixture.serve('web', '10.0.0.1');
  await fixture.serve('db', '10.0.0.2');
  await using _running = await start([fixture.controller]);
  await expect
    .poll(() => fixture.answers('shared.test'), soon)
    .toEqual({ [`${GLOBAL}.shared.test A`]: '192.0.2.1', 'db.shop.fed.svc.shared.test A': '10.0.0.2' });
  expect(fixture.told).toEqual([
    "Warning DNSNameConflict: web.shop.fed.svc.shared.test cannot be published: it has records of type A that are somebody else's",
  ]);
  expect(fixture.state('shared').stuck).toEqual(['shop/web']);
  await zone.apply({ upsert: [], remove: [foreign] });
  await fixture.clock.advance(301_000);
  await expect
    .poll(async () => (await fixture.answers('shared.test'))[`${GLOBAL}.shared.test A`], soon)
    .toBe('10.0.0.1');
  await expect.poll(() => fixture.state('shared').stuck, soon).toEqual([]);
});

it('tells at each place only what is for it', async () => {
  await using fixture = await publishing({
    takes: ({ metadata }) => metadata.name !== 'secret',
    tells: (address) => !address.startsWith('10.'),
    suffix: 'fed.shared.test',
  });
  await fixture.serve('web', '10.0.0.1', '203.0.113.1');
  await fixture.serve('inner', '10.0.0.2');
  await fixture.serve('secret', '203.0.113.2');
  await using _running = await start([fixture.controller]);
  await expect
    .poll(() => fixture.answers('shared.test'), soon)
    .toEqual({ [`${GLOBAL}.fed.shared.test A`]: '203.0.113.1' });
  await expect.poll(async () => Object.keys(await fixture.answers('own.test')).length, soon).toBe(3);
});

it('tells what it would do and does nothing when it is to', async () => {
  await using fixture = await publishing({ dryRun: true });
  await fixture.serve('web', '10.0.0.1');
  await using _running = await start([fixture.controller]);
  await expect.poll(async () => Object.keys(await fixture.answers('own.test')).length, soon).toBe(1);
  await expect.poll(() => fixture.state('shared').waiting, soon).toBe(0);
  expect(fixture.shared.applied).toEqual([]);
  const { phases } = (await fixture.controller.publishers[1]?.preview(new AbortController().signal)) ?? { phases: [] };
  expect(phases.flatMap(({ upsert }) => upsert.map(({ name, type }) => `${name} ${type}`))).toEqual([
    `fed._koinon.${GLOBAL}.shared.test TXT`,
    `${GLOBAL}.shared.test A`,
  ]);
});

it('writes down what has waited for long and why, and that it is over', async () => {
  await using fixture = await publishing();
  fixture.shared.fault = 'away';
  await fixture.serve('web', '10.0.0.1');
  await using _running = await start([fixture.controller, fixture.report]);
  const problems = () => publishingProblems(fixture.api, fixture.clock.now(), new AbortController().signal);
  await expect.poll(() => fixture.state('shared').problem, soon).toBe('away');
  await fixture.clock.advance(21_000);
  await expect
    .poll(problems, soon)
    .toEqual([expect.stringMatching(/^DNS provider shared, zone shared\.test: 1 Service waits for \d+s: away$/)]);
  fixture.shared.fault = 'none';
  await expect
    .poll(async () => {
      await fixture.clock.advance(5_000);
      return problems();
    }, soon)
    .toEqual([]);
  expect((await fixture.api.list(configMaps)).items.map(({ metadata }) => metadata.name)).toEqual(['dns-publishing']);
});

it('tells a Service of which something has waited for a minute, once', async () => {
  await using fixture = await publishing();
  fixture.shared.fault = 'away';
  await fixture.serve('web', '10.0.0.1');
  await using _running = await start([fixture.controller]);
  await expect.poll(() => fixture.state('shared').problem, soon).toBe('away');
  await expect
    .poll(async () => {
      await fixture.clock.advance(15_000);
      return fixture.told;
    }, soon)
    .toEqual(['Warning DNSUpdateDelayed: records wait for DNS provider shared: away']);
  await fixture.clock.advance(60_000);
  expect(fixture.told).toHaveLength(1);
});

const names = ['web', 'db', 'api'] as const;
const record = (name: string, ...data: string[]): RecordSet => ({
  name: `${name}.shop.fed.svc.shared.test`,
  type: 'A',
  ttlSeconds: 60,
  data,
});
type Step = (fixture: Awaited<ReturnType<typeof publishing>>) => Promise<unknown>;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constantFrom(...names), fc.constantFrom('10.0.0.1', '10.0.0.2')).map(
    ([name, address]): Step =>
      (fixture) =>
        fixture.serve(name, address),
  ),
  fc.constantFrom(...names).map(
    (name): Step =>
      (fixture) =>
        fixture.serve(name),
  ),
  fc
    .constantFrom<ProviderFault>('none', 'none', 'away', 'loses-answers', 'conflicts')
    .map((fault): Step => async (fixture) => {
      fixture.shared.fault = fault;
    }),
  // Somebody who takes our records for his own.
  fc.constantFrom(...names).map(
    (name): Step =>
      async (fixture) =>
        (await fixture.zone('shared.test')).apply({ upsert: [], remove: [record(name)] }),
  ),
  fc.constantFrom(300, 16_000, 301_000).map(
    (ms): Step =>
      (fixture) =>
        fixture.clock.advance(ms),
  ),
);

it('has in the end what should be there, whatever failed and whoever changed it, and all that is somebody else’s', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      await using fixture = await publishing();
      const people = [{ ...foreign, name: 'www.shared.test' }, record('taken', '192.0.2.9')];
      await (await fixture.zone('shared.test')).apply({ upsert: people, remove: [] });
      await fixture.serve('taken', '10.0.0.9');
      await using _running = await start([fixture.controller]);
      for (const act of steps) await act(fixture);
      await fixture.serve('web', '10.0.0.7');
      await fixture.serve('db');
      await fixture.serve('api', '10.0.0.8');
      fixture.shared.fault = 'none';
      const wanted = shown([...people, record('web', '10.0.0.7'), record('api', '10.0.0.8')]);
      const settled = async () => {
        await fixture.clock.advance(60_000);
        return { answers: await fixture.answers('shared.test'), ...fixture.state('shared') };
      };
      const end = { answers: wanted, waiting: 0, problem: undefined, stuck: ['shop/taken'] };
      await expect.poll(settled, soon).toEqual(end);
    }),
    { numRuns: 25 },
  ));
