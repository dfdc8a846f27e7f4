import { expect, it } from 'vitest';
import { clusters, isReady, placementPolicies } from '../../../federation/apis/index.ts';
import { events, namespaces, statefulSets } from '../../../src/apis/index.ts';
import { createTestCertificates } from '../../harness/certificates.ts';
import { hasKubectl, kubectlFor } from '../../harness/kubectl.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 20 };
const ASIA = 'gce-asia-east1';
const US = 'gce-us-east1';
const shop = { namespace: 'shop' };
const key = { ...shop, name: 'db' };
const labels = { app: 'db' };

/** By cluster how many pods, and the number of the first. */
async function parts(fleet: TestFederation): Promise<Readonly<Record<string, string>>> {
  const found = await Promise.all(
    fleet.members.map(async ({ name, admin }) => {
      const spec = (await admin.list(statefulSets, shop)).items[0]?.spec;
      return spec === undefined ? [] : [[name, `${spec.replicas} from ${spec.ordinals?.start ?? 0}`] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** What the controller of the member would write when all pods run. */
async function rollOut(fleet: TestFederation, name: string): Promise<void> {
  const { admin } = fleet.member(name);
  const copy = await admin.get(statefulSets, key);
  const { replicas = 1 } = copy.spec ?? {};
  await admin.updateStatus(statefulSets, {
    ...copy,
    status: {
      ...(copy.metadata.generation === undefined ? {} : { observedGeneration: copy.metadata.generation }),
      replicas,
      readyReplicas: replicas,
      currentReplicas: replicas,
      updatedReplicas: replicas,
      availableReplicas: replicas,
      currentRevision: 'db-1',
      updateRevision: 'db-1',
    },
  });
}

it.skipIf(!hasKubectl())('numbers the pods of a divided set apart, and keeps numbers as it is scaled', async () => {
  const { ca, serving, admin } = await createTestCertificates();
  const { cert: certificate, key: own, clientCa } = serving;
  await using fleet = await startTestFederation({
    names: [ASIA, US],
    federation: { serving: { host: '127.0.0.1', port: 0, certificate, key: own, clientCa } },
  });
  await using kubectl = await kubectlFor({ url: fleet.url, certificates: { ca, admin } });
  const known = async () => (await fleet.admin.list(clusters)).items.filter(({ status }) => status?.version);
  await expect.poll(async () => (await known()).filter(isReady).length, soon).toBe(2);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(placementPolicies, {
    metadata: key,
    spec: {
      resourceSelectors: [{ apiVersion: 'apps/v1', kind: 'StatefulSet' }],
      placement: { replicaScheduling: { replicaSchedulingType: 'Divided' } },
    },
  });
  await fleet.admin.create(statefulSets, {
    metadata: key,
    spec: {
      replicas: 4,
      serviceName: 'db',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'db', image: 'db' }] } },
    },
  });
  await expect.poll(() => parts(fleet), soon).toEqual({ [ASIA]: '2 from 0', [US]: '2 from 100' });
  await rollOut(fleet, ASIA);
  await expect.poll(() => kubectl.out('-n shop get sts db --no-headers'), soon).toMatch(/^db +2\/4/);
  expect(await kubectl.out('-n shop rollout status sts/db --watch=false')).toMatch(/^Waiting for/);
  await rollOut(fleet, US);
  expect(await kubectl.out('-n shop rollout status sts/db --timeout=10s')).toMatch(/roll out complete: 4 new pods/);

  await kubectl.out('-n shop scale sts/db --replicas=6');
  await expect.poll(() => parts(fleet), soon).toEqual({ [ASIA]: '3 from 0', [US]: '3 from 100' });
  await kubectl.out('-n shop scale sts/db --replicas=2');
  await expect.poll(() => parts(fleet), soon).toEqual({ [ASIA]: '1 from 0', [US]: '1 from 100' });
  const told = (await fleet.admin.list(events, shop)).items.map(({ reason }) => reason);
  expect(told).not.toContain('ContestedInCluster');
});
