import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from './fleet.ts';

const soon = { timeout: 30_000, interval: 100 };
const hub = '--context=federation-cluster';
const [east, west] = ['gce-asia-east1', 'gce-europe-west1'];
const name = 'web.mynamespace.myfederation.svc.example.com';
const sandbox = await Sandbox.create();

const manifest = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'mynamespace' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }] },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'mynamespace' },
      spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, name: 'http' }] },
    },
  ],
};

beforeAll(async () => {
  await sandbox.up('--clusters', '2', '--nodes', '1', '--dns-ttl', '2');
  const file = `${sandbox.directory}/web.json`;
  await writeFile(file, JSON.stringify(manifest));
  await sandbox.kubectl(hub, 'create', '-f', file);
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

// @NOTE a Cluster has a spec.
const spec = async (cluster: string) =>
  (JSON.parse(await sandbox.kubectl(hub, 'get', 'cluster', cluster, '-o', 'json')) as { spec: object }).spec;
const workloads = async (cluster: string) =>
  (
    await sandbox.kubectl(`--context=${cluster}`, '-n', 'mynamespace', 'get', 'deployments,services', '-o', 'name')
  ).trim();

it('taints and cordons clusters as kubectl does nodes', async () => {
  expect((await sandbox.koinon('cordon', east)).stdout).toBe(`cluster/${east} cordoned\n`);
  expect((await sandbox.koinon('cordon', east)).stdout).toBe(`cluster/${east} already cordoned\n`);
  expect((await sandbox.koinon('taint', east, 'dedicated=gpu:NoSchedule')).stdout).toBe(`cluster/${east} tainted\n`);
  expect(await spec(east)).toMatchObject({
    unschedulable: true,
    taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }],
  });
  const other = await sandbox.koinon('taint', east, 'dedicated=cpu:NoSchedule');
  expect(other).toMatchObject({ code: 1 });
  expect(other.stderr).toContain('--overwrite');
  expect(await sandbox.koinon('taint', east, 'dedicated=cpu:Never')).toMatchObject({ code: 2 });
  expect((await sandbox.koinon('taint', east, 'dedicated-')).stdout).toBe(`cluster/${east} untainted\n`);
  expect((await sandbox.koinon('uncordon', east)).stdout).toBe(`cluster/${east} uncordoned\n`);
  expect(await spec(east)).not.toHaveProperty('taints');
  const unknown = await sandbox.koinon('cordon', 'nobody');
  expect(unknown).toMatchObject({ code: 1 });
  expect(unknown.stderr).toContain('"nobody" not found');
});

it('drains traffic, then workloads, and takes it back', async () => {
  await expect.poll(() => sandbox.dig(name), soon).toHaveLength(2);
  const drained = await sandbox.koinon('drain', east, '--timeout', '60s');
  expect(drained.code, drained.stdout + drained.stderr).toBe(0);
  const order = ['its traffic is withdrawn', 'workloads leave', 'drained'];
  const places = order.map((text) => drained.stdout.indexOf(text));
  expect(places, drained.stdout).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(await workloads(east)).toBe('');
  expect(await sandbox.dig(name)).toHaveLength(1);
  expect(
    await sandbox.kubectl(
      `--context=${west}`,
      '-n',
      'mynamespace',
      'get',
      'deployment',
      'web',
      '-o',
      'jsonpath={.spec.replicas}',
    ),
  ).toBe('2');
  expect((await sandbox.koinon('drain', east)).code).toBe(0);

  const other = await sandbox.koinon('drain', west);
  expect(other).toMatchObject({ code: 1 });
  expect(other.stderr).toContain('no other cluster serves mynamespace/web');

  expect((await sandbox.koinon('undrain', east)).stdout).toBe(`cluster/${east} undrained\n`);
  expect(await spec(east)).not.toHaveProperty('unschedulable');
  await expect.poll(() => workloads(east), soon).toContain('service/web');
  expect((await sandbox.koinon('undrain', east)).stdout).toBe(`cluster/${east} already undrained\n`);
});

it('tells what stays and why when the time is up, and what goes on from there', async () => {
  const policy = {
    apiVersion: 'policy.koinon.dev/v1alpha1',
    kind: 'PlacementPolicy',
    metadata: { name: 'stubborn', namespace: 'mynamespace' },
    spec: {
      resourceSelectors: [{ apiVersion: 'v1', kind: 'ConfigMap' }],
      placement: { clusterTolerations: [{ operator: 'Exists' }] },
    },
  };
  const file = `${sandbox.directory}/policy.json`;
  await writeFile(file, JSON.stringify(policy));
  await sandbox.kubectl(hub, 'create', '-f', file);
  await sandbox.kubectl(hub, '-n', 'mynamespace', 'create', 'configmap', 'settings', '--from-literal=a=b');
  const shared = () => sandbox.tryKubectl(`--context=${east}`, '-n', 'mynamespace', 'get', 'configmap', 'settings');
  await expect.poll(async () => (await shared()).code, soon).toBe(0);
  const late = await sandbox.koinon('drain', east, '--skip-ttl-wait', '--timeout', '10s');
  expect(late).toMatchObject({ code: 1 });
  expect(late.stderr).toContain(
    'configmap mynamespace/settings: it is placed here by PlacementPolicy mynamespace/stubborn',
  );
  expect(late.stderr).toContain(`"koinon undrain ${east}" takes it back`);
  await sandbox.kubectl(hub, '-n', 'mynamespace', 'delete', 'placementpolicy', 'stubborn');
  const again = await sandbox.koinon('drain', east, '--timeout', '60s');
  expect(again.code, again.stderr).toBe(0);
  expect((await shared()).code).toBe(1);
  expect((await sandbox.koinon('uncordon', east)).code).toBe(0);
});
