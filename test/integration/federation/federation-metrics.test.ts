import { expect, it } from 'vitest';
import { clusters } from '../../../federation/apis/index.ts';
import { configMaps, namespaces, services } from '../../../src/apis/index.ts';
import { createMetrics } from '../../../src/component-base/index.ts';
import { balance, endpoints, nginx, startTestFederation, type TestMember } from './fixture.ts';

const NAMES = ['gce-asia-east1', 'gce-us-east1'] as const;
const health = {
  probeIntervalMs: 20,
  retryIntervalMs: 20,
  probeTimeoutMs: 200,
  refusedOfflineMs: 50,
  heartbeatMs: 500,
};

it('tells what was asked of each member, what is believed of it and what became of its records', async () => {
  const metrics = createMetrics();
  const told = async (pattern: RegExp) => pattern.exec(await metrics.metrics())?.[0];
  await using fleet = await startTestFederation({ names: NAMES, federation: { metrics, health } });
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(services, nginx('shop'));
  for (const name of NAMES) {
    const member = fleet.member(name);
    await expect.poll(() => member.admin.get(services, { namespace: 'shop', name: 'nginx' })).toBeDefined();
    await balance(member, 'shop', 'nginx', name === 'gce-us-east1' ? '192.0.2.1' : '192.0.2.2');
    await endpoints(member, 'shop', 'nginx', [true]);
  }
  const created =
    /^koinon_member_requests_total\{cluster="gce-us-east1",verb="\w+",resource="services",code="200"\} \d/m;
  await expect.poll(() => told(created)).toBeDefined();
  await expect
    .poll(() => told(/^koinon_dns_record_changes_total\{provider="local",zone="example\.com",action="upsert"\} [1-9]/m))
    .toBeDefined();
  const ready = 'koinon_cluster_condition{cluster="gce-us-east1",condition="Ready",status="True"} 1';
  await expect.poll(() => metrics.metrics()).toContain(ready);

  fleet.member('gce-us-east1').line.set('refused');
  const offline =
    /^koinon_cluster_verdict_changes_total\{cluster="gce-us-east1",condition="Offline",status="True"\} 1/m;
  await expect.poll(() => told(offline)).toBeDefined();
  await expect.poll(() => told(/cluster="gce-us-east1",verb="get",resource="",code="unreachable"/)).toBeDefined();

  await fleet.admin.delete(clusters, { name: 'gce-us-east1' });
  await expect.poll(() => metrics.metrics()).not.toContain('cluster="gce-us-east1"');
  expect(await metrics.metrics()).toContain('cluster="gce-asia-east1"');
});

const key = { namespace: 'shop', name: 'settings' };

it('tells of every cluster and kind how copies fare: what was written and how late, what is changed there, what is in the way', async () => {
  const metrics = createMetrics();
  const told = (line: string) => metrics.metrics().then((text) => text.split('\n').find((one) => one.startsWith(line)));
  await using fleet = await startTestFederation({ names: ['gce-asia-east1'], federation: { metrics } });
  const [{ admin: member }] = fleet.members as [TestMember];
  const annotations = { 'federation.koinon.dev/drift': 'report' };
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await expect.poll(() => member.get(namespaces, { name: 'shop' }).catch(() => undefined)).toBeDefined();
  await member.create(configMaps, { metadata: { ...key, name: 'foreign' } });
  for (const name of ['settings', 'foreign']) {
    await fleet.admin.create(configMaps, { metadata: { ...key, name, annotations }, data: { a: '1' } });
  }
  const ours = 'cluster="gce-asia-east1",resource="configmaps"';
  await expect.poll(() => told(`koinon_copy_writes_total{${ours},action="create",result="ok"}`)).toMatch(/ 1$/);
  await expect.poll(() => told(`koinon_copy_sync_duration_seconds_count{${ours}}`)).toMatch(/ 1$/);
  await expect.poll(() => told(`koinon_copies_troubled{${ours},reason="conflict"}`)).toMatch(/ 1$/);

  await member.patch(configMaps, key, { type: 'merge', patch: { data: { a: 'theirs' } } });
  await expect.poll(() => told(`koinon_copies_troubled{${ours},reason="drift"}`)).toMatch(/ 1$/);
  expect(await told(`koinon_copy_drifts_total{${ours}}`)).toMatch(/ 1$/);

  await fleet.admin.patch(configMaps, key, { type: 'merge', patch: { data: { a: '2' } } });
  await expect.poll(() => told(`koinon_copies_troubled{${ours},reason="drift"}`)).toMatch(/ 0$/);
  expect(await told(`koinon_copy_writes_total{${ours},action="update",result="ok"}`)).toMatch(/ 1$/);
  await expect.poll(() => told(`koinon_copies_waiting{${ours}}`)).toBeUndefined();
  expect(await metrics.metrics()).toContain('koinon_cluster_votes{cluster="gce-asia-east1",verdict="Ignored"} 0');

  await fleet.admin.delete(clusters, { name: 'gce-asia-east1' });
  await expect.poll(() => metrics.metrics()).not.toContain('cluster="gce-asia-east1"');
});
