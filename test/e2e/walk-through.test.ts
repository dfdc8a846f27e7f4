import { afterAll, expect, it } from 'vitest';
import { processIsAlive, Sandbox } from './fleet.ts';

const members = ['gce-asia-east1', 'gce-europe-west1', 'gce-us-central1', 'gce-us-east1'];
const name = 'nginx.mynamespace.myfederation.svc';
const zone = 'example.com';
const soon = { timeout: 20_000, interval: 50 };

const sandbox = await Sandbox.create();
/** The load-balancer address of each member's shard. */
const addresses = new Map<string, string>();

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const federation = (...args: string[]) => sandbox.kubectl('--context=federation-cluster', ...args);
const member = (cluster: string, ...args: string[]) => sandbox.kubectl(`--context=${cluster}`, ...args);
const all = () => [...addresses.values()].sort();
const allBut = (...clusters: string[]) =>
  [...addresses]
    .filter(([cluster]) => !clusters.includes(cluster))
    .map(([, address]) => address)
    .sort();
const answers = (host: string) => expect.poll(() => sandbox.dig(host), soon);

it('koinon up starts four members and the federation, and says what to do next', async () => {
  const printed = await sandbox.up();
  for (const cluster of members) expect(printed).toContain(`${cluster} joined and Ready`);
  expect(printed).toContain('kubectl --context=federation-cluster get clusters');
});

it('get clusters shows four Ready with their versions', async () => {
  const table = await federation('get', 'clusters');
  const rows = table.trim().split('\n').slice(1);
  expect(rows.map((row) => row.split(/\s+/).slice(0, 2))).toEqual(members.map((cluster) => [cluster, 'Ready']));
  expect(table).toMatch(/VERSION/);
  expect(table).toMatch(/v1\.\d+\.\d+/);
});

it('a Service made at the federation is a shard with CLUSTER-IP and EXTERNAL-IP in every member', async () => {
  await federation('create', '-f', 'examples/nginx-service.yaml');
  for (const cluster of members) {
    const external = ['get', 'svc', 'nginx', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}'];
    await expect
      .poll(async () => (await sandbox.tryKubectl(`--context=${cluster}`, ...external)).stdout, soon)
      .toMatch(/^127\./);
    addresses.set(cluster, await member(cluster, ...external));
    const row = (await member(cluster, 'get', 'svc', 'nginx')).split('\n')[1]?.split(/\s+/) ?? [];
    expect(row[1]).toBe('LoadBalancer');
    expect(row[2]).toMatch(/^127\./);
    expect(row[3]).toBe(addresses.get(cluster));
  }
  expect(new Set(all()).size).toBe(4);
});

it('describe shows the four addresses of the shards', async () => {
  await expect
    .poll(async () => /LoadBalancer Ingress:\s+(.*)/.exec(await federation('describe', 'services', 'nginx'))?.[1], soon)
    .toMatch(new RegExp(all().join('.*')));
});

it('DNS has no answer while no shard is healthy', async () => {
  expect(await sandbox.dig(`${name}.${zone}`)).toEqual([]);
});

it('DNS names the four shards once their pods are ready', async () => {
  for (const cluster of members) {
    await member(cluster, 'create', 'deployment', 'nginx', '--image=nginx:1.11.1-alpine', '--port=80');
  }
  await answers(`${name}.${zone}`).toEqual(all());
  await answers(`${name}.us-central1.${zone}`).toEqual([addresses.get('gce-us-central1')]);
  await answers(`${name}.us-central1-b.us-central1.${zone}`).toEqual([addresses.get('gce-us-central1')]);
  await answers(`${name}.us-central1-b.${zone}`).toEqual([addresses.get('gce-us-central1')]);
});

it('answers with a TTL of 180 s, with authority', async () => {
  const { stdout } = await sandbox.run('dig', ['@127.0.0.1', '-p', String(sandbox.dnsPort), `${name}.${zone}`]);
  expect(stdout).toMatch(new RegExp(`${name}\\.${zone}\\.\\s+180\\s+IN\\s+A\\s+127\\.`));
  expect(stdout).toMatch(/flags: qr aa rd;/);
});

it('tells who asks from within a member its own shard, and explains that', async () => {
  const [own, ...others] = members;
  const node = await member(own!, 'get', 'nodes', '-o', 'jsonpath={.items[0].status.addresses[0].address}');
  const asked = async () => {
    const args = ['@127.0.0.1', '-p', String(sandbox.dnsPort), '+short', `+subnet=${node}/32`, `${name}.${zone}`];
    return (await sandbox.run('dig', args)).stdout.trim();
  };
  await expect.poll(asked, soon).toBe(addresses.get(own!));
  const { stdout } = await sandbox.koinon('explain', 'nginx.mynamespace', '--client', `${node}/32`);
  expect(stdout).toContain('Service mynamespace/nginx: nearest, TTL 180 s');
  for (const cluster of members)
    expect(stdout).toMatch(new RegExp(`${cluster} .* healthy .* ${addresses.get(cluster)!}`));
  expect(stdout).toContain(`is in cluster ${own!}`);
  expect(stdout).toContain(`answered: ${own!}\n`);
  for (const cluster of others) expect(stdout).not.toContain(`answered: ${cluster}`);
});

it('the address of a shard is answered by a pod of that cluster', async () => {
  for (const cluster of members) {
    expect(await sandbox.curl(`http://${addresses.get(cluster) ?? ''}/`)).toContain(cluster);
  }
});

it('the name of a region without a healthy shard leads to the others, and back', async () => {
  await member('gce-europe-west1', 'scale', 'deployment', 'nginx', '--replicas=0');
  await answers(`${name}.europe-west1.${zone}`).toEqual([...allBut('gce-europe-west1'), `${name}.${zone}.`].sort());
  await answers(`${name}.europe-west1-b.europe-west1.${zone}`).toEqual(
    [...allBut('gce-europe-west1'), `${name}.${zone}.`, `${name}.europe-west1.${zone}.`].sort(),
  );
  await answers(`${name}.${zone}`).toEqual(allBut('gce-europe-west1'));
  await member('gce-europe-west1', 'scale', 'deployment', 'nginx', '--replicas=1');
  await answers(`${name}.europe-west1.${zone}`).toEqual([addresses.get('gce-europe-west1')]);
  await answers(`${name}.${zone}`).toEqual(all());
});

it('a pod that is not ready takes its shard out of DNS', async () => {
  // No pod matches a selector that nobody carries: the shard's endpoints go, the member and its address stay.
  await federation('patch', 'service', 'nginx', '-p', '{"spec":{"selector":{"app":"nobody"}}}');
  await answers(`${name}.${zone}`).toEqual([]);
  await federation('patch', 'service', 'nginx', '-p', '{"spec":{"selector":{"app":"nginx"}}}');
  await answers(`${name}.${zone}`).toEqual(all());
});

it('inside a member the short name is the local shard, or else the nearest', async () => {
  const ip = await member(
    'gce-asia-east1',
    'get',
    'svc',
    'kube-dns',
    '-n',
    'kube-system',
    '-o',
    'jsonpath={.spec.clusterIP}',
  );
  const local = await member('gce-asia-east1', 'get', 'svc', 'nginx', '-o', 'jsonpath={.spec.clusterIP}');
  await expect.poll(() => sandbox.dig('nginx.mynamespace.myfederation', `${ip}:53`), soon).toContain(local);
  await member('gce-asia-east1', 'scale', 'deployment', 'nginx', '--replicas=0');
  await expect
    .poll(() => sandbox.dig('nginx.mynamespace.myfederation', `${ip}:53`), soon)
    .toEqual(expect.arrayContaining(allBut('gce-asia-east1')));
  await member('gce-asia-east1', 'scale', 'deployment', 'nginx', '--replicas=1');
  await expect.poll(() => sandbox.dig('nginx.mynamespace.myfederation', `${ip}:53`), soon).toContain(local);
});

it('a killed member is Offline and leaves DNS, nothing else changes, and it comes back when started', async () => {
  await sandbox.koinon('cluster', 'kill', 'gce-us-east1');
  await answers(`${name}.${zone}`).toEqual(allBut('gce-us-east1'));
  const row = (await federation('get', 'cluster', 'gce-us-east1')).split('\n')[1] ?? '';
  expect(row).toMatch(/gce-us-east1\s+Offline/);
  const region = await federation('get', 'cluster', 'gce-us-east1', '-o', 'jsonpath={.status.region}');
  expect(region).toBe('us-east1');
  const killed = (await sandbox.status()).components.find((component) => component.name === 'gce-us-east1');
  expect(killed?.state).toBe('Killed');

  await sandbox.koinon('cluster', 'start', 'gce-us-east1');
  await answers(`${name}.${zone}`).toEqual(all());
  await expect.poll(() => federation('get', 'cluster', 'gce-us-east1'), soon).toMatch(/Ready/);
});

it('members and DNS data do not change while the federation control plane is away', async () => {
  const before = await Promise.all(members.map((cluster) => shardsOf(cluster)));
  await sandbox.koinon('cluster', 'stop', 'myfederation');
  expect(await Promise.all(members.map((cluster) => shardsOf(cluster)))).toEqual(before);
  expect(await sandbox.curl(`http://${addresses.get('gce-us-central1') ?? ''}/`)).toContain('gce-us-central1');
  await sandbox.koinon('cluster', 'start', 'myfederation');
  // The very first answer after the start must be the whole one.
  expect(await sandbox.dig(`${name}.${zone}`)).toEqual(all());
  await expect.poll(() => federation('get', 'clusters'), soon).toMatch(/gce-us-east1\s+Ready/);
  expect(await sandbox.dig(`${name}.${zone}`)).toEqual(all());
  expect(await Promise.all(members.map((cluster) => shardsOf(cluster)))).toEqual(before);
});

/** What identifies the shard and its generation of content in a member. */
function shardsOf(cluster: string): Promise<string> {
  return member(cluster, 'get', 'svc', 'nginx', '-o', 'jsonpath={.metadata.uid} {.spec} {.status}');
}

it('unjoin takes the records of the cluster away and leaves its shard; join brings them back', async () => {
  const unjoined = await sandbox.koinon('unjoin', 'gce-us-central1');
  expect(unjoined.code, unjoined.stderr).toBe(0);
  await answers(`${name}.${zone}`).toEqual(allBut('gce-us-central1'));
  expect(await member('gce-us-central1', 'get', 'svc', 'nginx', '-o', 'name')).toBe('service/nginx\n');
  const joined = await sandbox.koinon('join', 'gce-us-central1');
  expect(joined.code, joined.stderr).toBe(0);
  await answers(`${name}.${zone}`).toEqual(all());
});

it('a federated Deployment is divided over the members by its preferences', async () => {
  await federation('delete', 'service', 'nginx');
  for (const cluster of members) await member(cluster, 'delete', 'deployment', 'nginx');
  await federation('create', '-f', 'examples/nginx-deployment.yaml');
  const replicas = async (cluster: string) =>
    Number(
      (
        await sandbox.tryKubectl(
          `--context=${cluster}`,
          'get',
          'deployment',
          'nginx',
          '-o',
          'jsonpath={.spec.replicas}',
        )
      ).stdout,
    );
  await expect
    .poll(async () => (await Promise.all(members.map(replicas))).reduce((sum, count) => sum + count, 0), soon)
    .toBe(8);
  await federation('rollout', 'status', 'deployment/nginx', '--timeout=30s');
  expect(await federation('get', 'deployment', 'nginx')).toMatch(/nginx\s+8\/8/);
  await federation('delete', 'deployment', 'nginx');
  for (const cluster of members) {
    await expect
      .poll(async () => (await sandbox.tryKubectl(`--context=${cluster}`, 'get', 'deployment', 'nginx')).stderr, soon)
      .toContain('NotFound');
  }
});

it('deleting the Service deletes the shards and every record; with --cascade=orphan the shards stay', async () => {
  await federation('create', '-f', 'examples/nginx-service.yaml');
  for (const cluster of members)
    await member(cluster, 'create', 'deployment', 'nginx', '--image=nginx:1.11.1-alpine', '--port=80');
  await expect.poll(async () => (await sandbox.dig(`${name}.${zone}`)).length, soon).toBe(4);

  await federation('delete', 'service', 'nginx', '--cascade=orphan');
  await answers(`${name}.${zone}`).toEqual([]);
  for (const cluster of members)
    expect(await member(cluster, 'get', 'svc', 'nginx', '-o', 'name')).toBe('service/nginx\n');

  for (const cluster of members) await member(cluster, 'delete', 'svc', 'nginx');
  await federation('create', '-f', 'examples/nginx-service.yaml');
  await expect.poll(async () => (await sandbox.dig(`${name}.${zone}`)).length, soon).toBe(4);
  await federation('delete', 'service', 'nginx');
  await answers(`${name}.${zone}`).toEqual([]);
  await answers(`${name}.us-central1.${zone}`).toEqual([]);
  for (const cluster of members) {
    const { stderr } = await sandbox.tryKubectl(`--context=${cluster}`, 'get', 'svc', 'nginx');
    expect(stderr).toContain('NotFound');
  }
  for (const cluster of members) await member(cluster, 'delete', 'deployment', 'nginx');
});

it('the script of the examples runs through', async () => {
  const { code, stdout, stderr } = await sandbox.run('bash', ['examples/walk-through.sh'], {
    ...sandbox.environment,
    DNS_PORT: String(sandbox.dnsPort),
  });
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toContain('$ kubectl --context=federation-cluster get clusters');
});

it('down leaves no process, no data and no context', async () => {
  const { components } = await sandbox.status();
  const { code, stderr } = await sandbox.koinon('down');
  expect(code, stderr).toBe(0);
  for (const { pid } of components) expect(pid !== undefined && processIsAlive(pid)).toBe(false);
  expect(await sandbox.kubectl('config', 'get-contexts', '-o', 'name')).toBe('');
  expect((await sandbox.koinon('status')).code).toBe(3);
});
