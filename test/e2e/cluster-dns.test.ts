import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { freePort, mustSucceed, Sandbox } from './fleet.ts';

const soon = { timeout: 30_000, interval: 100 };
const hub = '--context=federation-cluster';
const [east, west] = ['gce-asia-east1', 'gce-europe-west1'];
const name = 'nginx.mynamespace.myfederation';
const sandbox = await Sandbox.create();

beforeAll(async () => {
  await sandbox.up('--clusters', '2', '--nodes', '1');
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const member = (cluster: string, ...args: string[]) => sandbox.kubectl(`--context=${cluster}`, ...args);
const flags = () => ['cluster-dns', '--federation=myfederation=example.com', `--nameserver=${sandbox.dnsAddress}`];

/** The kubeconfig of an account of a cluster, as a pod of it would have it. */
async function kubeconfigOf(cluster: string, account: string): Promise<string> {
  const token = (await member(cluster, '-n', 'kube-system', 'create', 'token', account)).trim();
  // @NOTE kubectl wrote it.
  const all = parse(await readFile(sandbox.kubeconfig, 'utf8')) as { contexts: { name: string; context: object }[] };
  const contexts = all.contexts
    .filter((context) => context.name === cluster)
    .map((context) => ({ ...context, context: { ...context.context, user: account } }));
  const file = `${sandbox.directory}/${account}.kubeconfig`;
  const users = [{ name: account, user: { token } }];
  await writeFile(file, stringify({ ...all, contexts, 'current-context': cluster, users }));
  return file;
}

it('prints a manifest that a cluster takes, and what CoreDNS has to be told', async () => {
  const { stdout } = await sandbox.koinon(...flags(), '--manifest', '--image=koinon:test', '--cluster-ip=127.9.9.9');
  expect(stdout).toContain('#   myfederation:53 myfederation.svc.cluster.local:53 {');
  expect(stdout).toContain('#       forward . 127.9.9.9');
  const range = await member(east, 'get', 'service', 'kubernetes', '-n', 'default', '-o', 'jsonpath={.spec.clusterIP}');
  const free = range.replace(/\d+$/, '99');
  const file = `${sandbox.directory}/koinon-dns.yaml`;
  await writeFile(file, stdout.replaceAll('127.9.9.9', free));
  await member(east, 'apply', '-f', file);
  expect(await member(east, '-n', 'kube-system', 'get', 'service', 'koinon-dns', '-o', 'name')).toContain('koinon-dns');
});

it('answers for a cluster with the rights of that manifest: its own while it is ready, else the nearest', async () => {
  const port = await freePort();
  const kubeconfig = await kubeconfigOf(east, 'koinon-dns');
  const running = sandbox.spawnKoinon(...flags(), `--dns-address=127.0.0.1:${port}`, '--kubeconfig', kubeconfig);
  const ask = () => sandbox.dig(name, `127.0.0.1:${port}`);
  try {
    await sandbox.kubectl(hub, 'create', '-f', 'examples/nginx-service.yaml');
    await member(west, 'create', 'deployment', 'nginx', '--image=nginx', '--port=80');
    const balancer = ['get', 'service', 'nginx', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}'];
    await expect.poll(() => member(west, ...balancer), soon).toMatch(/^127\./);
    await expect.poll(async () => (await ask()).at(-1), soon).toBe('nginx.mynamespace.myfederation.svc.example.com.');
    expect(await ask()).toContain(await member(west, ...balancer));

    await member(east, 'create', 'deployment', 'nginx', '--image=nginx', '--port=80');
    const clusterIp = await member(east, 'get', 'service', 'nginx', '-o', 'jsonpath={.spec.clusterIP}');
    await expect.poll(ask, soon).toEqual([clusterIp, 'nginx.mynamespace.svc.cluster.local.'].sort());
    await member(east, 'scale', 'deployment', 'nginx', '--replicas=0');
    await expect.poll(async () => (await ask()).includes(clusterIp), soon).toBe(false);
  } finally {
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await ended;
  }
});

it('says what is missing', async () => {
  const missing = await sandbox.koinon('cluster-dns');
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--federation')]);
  const half = await sandbox.koinon(...flags(), '--manifest');
  expect([half.code, half.stderr]).toEqual([2, expect.stringContaining('--image')]);
  const wrong = await sandbox.koinon('cluster-dns', '--federation=nothing');
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('name=domain')]);
  mustSucceed('help', await sandbox.koinon('cluster-dns', '--help'));
});
