import { expect, it } from 'vitest';
import { type KubeObject, type Resource } from '../../../src/apimachinery/index.ts';
import {
  daemonSets,
  ingresses,
  jobs,
  namespaces,
  persistentVolumeClaims,
  statefulSets,
} from '../../../src/apis/index.ts';
import { createTestCertificates } from '../../harness/certificates.ts';
import { hasKubectl, kubectlFor } from '../../harness/kubectl.ts';
import { startTestFederation, type TestMember } from './fixture.ts';

const soon = { timeout: 10_000, interval: 20 };
const shop = { namespace: 'shop' };
const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
const once = { spec: { ...template.spec, restartPolicy: 'Never' } };

/** What the member's controllers would write. */
async function report<T extends KubeObject & { readonly status?: object }>(
  { admin }: TestMember,
  resource: Resource<T>,
  name: string,
  status: NonNullable<T['status']>,
): Promise<void> {
  const key = { ...shop, name };
  await expect.poll(async () => (await admin.list(resource, shop)).items.length, soon).toBe(1);
  const copy = await admin.get(resource, key);
  await admin.updateStatus(resource, { ...copy, status });
}

it.skipIf(!hasKubectl())('lets kubectl wait for what all clusters have done', async () => {
  const { ca, serving, admin } = await createTestCertificates();
  const { cert: certificate, key, clientCa } = serving;
  const own = { host: '127.0.0.1', port: 0, certificate, key, clientCa };
  await using fleet = await startTestFederation({
    names: ['gce-asia-east1', 'gce-us-east1'],
    federation: { serving: own },
  });
  await using kubectl = await kubectlFor({ url: fleet.url, certificates: { ca, admin } });
  const [first, second] = [fleet.members[0]!, fleet.members[1]!];
  await kubectl.out('create namespace shop');
  const selector = { matchLabels: labels };
  const named = (name: string) => ({ metadata: { ...shop, name } });
  await fleet.admin.create(statefulSets, {
    ...named('db'),
    spec: { replicas: 2, selector, serviceName: 'db', template },
  });
  await fleet.admin.create(daemonSets, { ...named('agent'), spec: { selector, template } });
  await fleet.admin.create(jobs, { ...named('sum'), spec: { parallelism: 2, completions: 2, template: once } });

  const set = { observedGeneration: 1, replicas: 2, readyReplicas: 2, updatedReplicas: 2, updateRevision: 'db-1' };
  await report(first, statefulSets, 'db', { ...set, currentRevision: 'db-1' });
  const agents = { desiredNumberScheduled: 3, currentNumberScheduled: 3, numberMisscheduled: 0, numberReady: 3 };
  const updated = { ...agents, observedGeneration: 1, updatedNumberScheduled: 3, numberAvailable: 3 };
  await report(first, daemonSets, 'agent', updated);
  const complete = { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] };
  await report(first, jobs, 'sum', complete);

  const get = (what: string) => kubectl.out(`-n shop get ${what} --no-headers`);
  await expect.poll(() => get('sts db'), soon).toMatch(/^db +2\/2/);
  await expect.poll(() => get('job sum'), soon).toMatch(/^sum +Running +1\/2/);
  const rollout = (what: string) => kubectl.out(`-n shop rollout status ${what} --watch=false`);
  expect(await rollout('sts/db')).toMatch(/^Waiting for statefulset spec update to be observed/);

  await report(second, statefulSets, 'db', { ...set, currentRevision: 'db-1' });
  await report(second, daemonSets, 'agent', updated);
  await report(second, jobs, 'sum', complete);
  expect(await kubectl.out('-n shop rollout status sts/db --timeout=10s')).toMatch(/roll out complete: 4 new pods/);
  expect(await kubectl.out('-n shop rollout status ds/agent --timeout=10s')).toMatch(/successfully rolled out/);
  expect(await kubectl.out('-n shop wait job/sum --for=condition=complete --timeout=10s')).toMatch(/condition met/);
  expect(await get('ds agent')).toMatch(/^agent( +6){5} /);
});

it('tells whether claims are bound, and all addresses of Ingresses', async () => {
  await using fleet = await startTestFederation({ names: ['gce-asia-east1', 'gce-us-east1'] });
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  const metadata = { ...shop, name: 'web' };
  await fleet.admin.create(ingresses, {
    metadata,
    spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
  });
  await fleet.admin.create(persistentVolumeClaims, {
    metadata,
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  const phase = async () => (await fleet.admin.get(persistentVolumeClaims, metadata)).status?.phase;
  const addresses = async () => (await fleet.admin.get(ingresses, metadata)).status?.loadBalancer?.ingress;
  const [first, second] = [fleet.members[0]!, fleet.members[1]!];
  const at = (ip: string) => ({ loadBalancer: { ingress: [{ ip }] } });
  const bound = { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } };

  await report(first, persistentVolumeClaims, 'web', bound);
  await report(first, ingresses, 'web', at('10.0.0.1'));
  await expect.poll(addresses, soon).toEqual([{ ip: '10.0.0.1' }]);
  expect(await phase()).toBe('Pending');
  await report(second, persistentVolumeClaims, 'web', bound);
  await report(second, ingresses, 'web', at('10.0.0.2'));
  await expect.poll(phase, soon).toBe('Bound');
  await expect.poll(addresses, soon).toEqual([{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }]);
});
