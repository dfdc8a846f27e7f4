import { expect, it, vi } from 'vitest';
import { createLocalZones } from '../../../dns/provider/index.ts';
import { clusters, isReady } from '../../../federation/apis/index.ts';
import { startFederation, type FederationOptions } from '../../../federation/control-plane/index.ts';
import { leases, namespaces, services } from '../../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../../src/component-base/index.ts';
import { adminUser } from '../../harness/api-server.ts';
import { balance, DOMAIN, endpoints, NAME, nginx, startTestFederation, zone } from './fixture.ts';

const soon = { timeout: 20_000, interval: 20 };
const asia = 'gce-asia-east1';
const lease = { namespace: 'federation-system', name: 'federation-controller-manager' };
const elected = (identity: string): Pick<FederationOptions, 'election' | 'zoneIsOwn'> => ({
  election: { identity, leaseDurationMs: 6_000, renewDeadlineMs: 4_000, retryPeriodMs: 200 },
  zoneIsOwn: true,
});

it('every control plane of several answers alike from a zone of its own, also when the elected one is gone', async () => {
  await using fleet = await startTestFederation({ names: [asia], federation: elected('one') });
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, soon).toBe(1);
  const provider = createLocalZones({ zones: [zone], clock: systemClock, log: silentLogger });
  await using _zones = await start([provider]);
  await using second = await startFederation({
    name: NAME,
    dnsDomain: DOMAIN,
    storage: fleet.storage,
    provider,
    createClient: ({ name }) => fleet.member(name).line.client,
    ...elected('two'),
  });
  const admin = second.client(adminUser);
  const records = async () =>
    Object.fromEntries(
      (await (await provider.zone(DOMAIN)).list()).map(({ name, type, data }) => [`${name} ${type}`, data.join(' ')]),
    );
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(services, nginx('shop'));
  const member = fleet.member(asia);
  await expect.poll(async () => (await member.admin.list(services, { namespace: 'shop' })).items.length, soon).toBe(1);
  await balance(member, 'shop', 'nginx', '203.0.113.1');
  await endpoints(member, 'shop', 'nginx', [true]);
  await expect.poll(async () => Object.values(await records()), soon).toContain('203.0.113.1');
  const alike = async () => {
    expect(await records()).toEqual(await fleet.records());
  };
  await vi.waitFor(alike, soon);
  expect((await admin.get(leases, lease)).spec?.holderIdentity).toBe('one');

  const before = await records();
  await fleet.restart(async () => {
    // Nobody decides now: what was told stands.
    expect(await records()).toEqual(before);
    await expect.poll(async () => (await admin.get(leases, lease)).spec?.holderIdentity, soon).toBe('two');
    await balance(member, 'shop', 'nginx', '203.0.113.2');
    await expect.poll(async () => Object.values(await records()), soon).toContain('203.0.113.2');
  });
  // Not elected, and answering from what the other writes.
  await vi.waitFor(alike, soon);
});
