import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from './fleet.ts';

const soon = { timeout: 120_000, interval: 500 };
const hub = '--context=federation-cluster';
const [east, west] = ['gce-asia-east1', 'gce-europe-west1'];
const own = ['-n', 'mynamespace'];
const sandbox = await Sandbox.create();

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'mynamespace' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' }, annotations: { 'koinon.dev/hollow-cpu-usage': '180m' } },
      spec: { containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu: '100m' } } }] },
    },
  },
};

beforeAll(async () => {
  await sandbox.up('--clusters', '2', '--nodes', '1');
  const file = `${sandbox.directory}/web.json`;
  await writeFile(file, JSON.stringify(deployment));
  await sandbox.kubectl(hub, 'create', '-f', file);
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const replicasIn = async (context: string) =>
  sandbox.kubectl(`--context=${context}`, ...own, 'get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}');

it('scales over all clusters what kubectl has it scale, with no more rights than joining gave', async () => {
  await sandbox.kubectl(hub, ...own, 'autoscale', 'deployment', 'web', '--min=2', '--max=6', '--cpu-percent=100');
  await expect.poll(() => replicasIn('federation-cluster'), soon).toBe('6');
  await expect.poll(async () => [await replicasIn(east), await replicasIn(west)], soon).toEqual(['3', '3']);
  const described = async () => sandbox.kubectl(hub, ...own, 'describe', 'hpa', 'web');
  await expect.poll(described, soon).toMatch(/ScalingActive +True +ValidMetricFound/);
  expect(await described()).toMatch(/SuccessfulRescale/);
  // A cluster may have been late with what its first pods use; then it is said that all tell it by now.
  await expect.poll(described, soon).not.toMatch(/AllClustersMeasured +False/);
  for (const context of [east, west]) {
    expect(await sandbox.kubectl(`--context=${context}`, ...own, 'get', 'hpa', '-o', 'name')).toBe('');
  }
});
