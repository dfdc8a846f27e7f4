import { expect, it, describe } from 'vitest';
import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import { deployments, leases, namespaces, pods, services } from '../../src/apis/index.ts';
import { EtcdCluster, withoutEtcd } from '../harness/etcd.ts';
import { memberCertificates, startTestMember } from '../harness/member-cluster.ts';

const timings = { leaseDurationMs: 1_500, renewDeadlineMs: 1_000, retryPeriodMs: 200 };
const soon = { timeout: 15_000, interval: 20 };

const lease = { namespace: 'kube-system', name: 'kube-controller-manager' };
const holder = async ({ client }: MemberCluster) => (await client.get(leases, lease)).spec?.holderIdentity;

describe.skipIf(withoutEtcd() !== false)('control planes of one cluster on one etcd', () => {
  it('are peers: one leads, another goes on when it is gone, and numbers of Services never clash', async () => {
    await using etcd = await EtcdCluster.start();
    const certificates = await memberCertificates();
    const { endpoints } = etcd;
    const start = (identity: string, nodes: number) =>
      startTestMember({
        certificates,
        nodes,
        storage: { type: 'etcd', endpoints },
        election: { identity, ...timings },
      });
    await using stack = new AsyncDisposableStack();
    const one = stack.use(await start('one', 1));
    const other = stack.use(await start('other', 0));
    expect(await holder(other)).toBe('one');
    await one.client.create(namespaces, { metadata: { name: 'shop' } });

    const created = await Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        [one, other][i % 2]!.client.create(services, {
          metadata: { namespace: 'shop', name: `s${i}` },
          spec: { type: 'NodePort', ports: [{ port: 80 }] },
        }),
      ),
    );
    expect(new Set(created.map(({ spec }) => spec?.clusterIP)).size).toBe(300);
    expect(new Set(created.map(({ spec }) => spec?.ports?.[0]?.nodePort)).size).toBe(300);
    const wanted = (name: string) => ({
      metadata: { namespace: 'shop', name },
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30_001 }] },
    });
    const asked = await Promise.allSettled(
      [one, other].map(({ client }, i) => client.create(services, wanted(`n${i}`))),
    );
    expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);

    const web = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
    const deploy = (name: string) =>
      other.client.create(deployments, {
        metadata: { namespace: 'shop', name },
        spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: web },
      });
    await deploy('first');
    const running = async () => (await other.client.list(pods)).items.length;
    await expect.poll(running, soon).toBe(2);
    await one[Symbol.asyncDispose]();
    await expect.poll(() => holder(other), soon).toBe('other');
    await other.client.delete(deployments, { namespace: 'shop', name: 'first' });
    await expect.poll(running, soon).toBeLessThanOrEqual(2);
    await deploy('second');
    const replicas = async () =>
      (await other.client.get(deployments, { namespace: 'shop', name: 'second' })).status?.replicas;
    await expect.poll(replicas, soon).toBe(2);
  }, 60_000);
});
