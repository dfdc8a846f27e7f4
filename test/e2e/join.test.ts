import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '../../src/component-base/index.ts';
import { Sandbox } from './fleet.ts';

const soon = { timeout: 20_000, interval: 100 };
const hub = '--context=federation-cluster';
const [east, west] = ['gce-asia-east1', 'gce-europe-west1'];
const sandbox = await Sandbox.create();

beforeAll(async () => {
  await sandbox.up('--clusters', '2', '--nodes', '1');
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const condition = (cluster: string, type: string) =>
  sandbox.kubectl(hub, 'get', 'cluster', cluster, '-o', `jsonpath={.status.conditions[?(@.type=="${type}")].status}`);

it('gives a member the rights of what is copied, by a token that ends', async () => {
  expect(await condition(east, 'Authorized')).toBe('True');
  const account = `--as=system:serviceaccount:federation-system:${east}-myfederation`;
  const can = async (...what: string[]) =>
    (await sandbox.tryKubectl(`--context=${east}`, account, 'auth', 'can-i', ...what)).stdout.trim();
  expect(await can('create', 'deployments', '-A')).toBe('yes');
  expect(await can('list', 'nodes')).toBe('yes');
  for (const beyond of [
    ['delete', 'nodes'],
    ['create', 'pods', '-A'],
    ['escalate', 'clusterroles'],
    ['impersonate', 'users'],
    ['create', 'serviceaccounts', '--subresource=token', '-A'],
  ]) {
    expect(await can(...beyond), beyond.join(' ')).toBe('no');
  }
  const secret = ['-n', 'federation-system', 'get', 'secret', east];
  const expires = await sandbox.kubectl(
    hub,
    ...secret,
    '-o',
    'jsonpath={.metadata.annotations.federation\\.koinon\\.dev/token-expires}',
  );
  expect(Date.parse(expires)).toBeGreaterThan(systemClock.now() + 6 * 24 * 3_600_000);
});

it('prints what it would make, in forms that kubectl reads', async () => {
  const yaml = await sandbox.koinon('join', 'new', '--cluster-context', east, '--dry-run=client', '-o', 'yaml');
  expect(yaml).toMatchObject({ code: 1 });
  expect(yaml.stderr).toContain(`in the federation already, as "${east}"`);
  const own = await sandbox.koinon('join', east, '--dry-run=client', '-o', 'yaml');
  expect(own.code, own.stderr).toBe(0);
  const file = `${sandbox.directory}/plan.yaml`;
  await writeFile(file, own.stdout.slice(0, own.stdout.indexOf('# in the federation')));
  await sandbox.kubectl(`--context=${east}`, 'apply', '--dry-run=server', '-f', file);
  const names = await sandbox.koinon('join', east, '--dry-run', '-o', 'name');
  expect(names.stdout.trim().split('\n')).toContain('cluster.federation/gce-asia-east1');
  expect(own.stdout).not.toContain('token:');
});

it('renews credentials when it is asked again, and the cluster stays as it is', async () => {
  const token = () =>
    sandbox.kubectl(hub, '-n', 'federation-system', 'get', 'secret', east, '-o', 'jsonpath={.data.token}');
  const before = await token();
  await sandbox.kubectl(hub, 'label', 'cluster', east, 'tier=gold');
  const again = await sandbox.koinon('join', east, '--wait', '-o', 'yaml');
  expect(again.code, again.stderr).toBe(0);
  expect(parse(again.stdout)).toMatchObject({ kind: 'Cluster', metadata: { name: east, labels: { tier: 'gold' } } });
  expect(await token()).not.toBe(before);
});

it('says what is wrong with names, contexts, addresses and values', async () => {
  const failing = async (...args: string[]) => {
    const { code, stderr } = await sandbox.koinon(...args);
    return `${code} ${stderr}`;
  };
  expect(await failing('join', 'kind@Prod_1')).toMatch(
    /^2 .*cannot be the name of a cluster.*koinon join prod-1 --cluster-context 'kind@Prod_1'/s,
  );
  expect(await failing('join', 'nowhere')).toMatch(/^1 .*there is no context "nowhere"/s);
  expect(await failing('join', 'x', '--context', east)).toMatch(/^1 .*is not a federation/s);
  expect(await failing('join', east, '--dry-run=server')).toMatch(/^2 /);
  expect(await failing('join', east, '--timeout', 'soon')).toMatch(/^2 .*a duration such as/s);
  expect(await failing('unjoin', east, '--cascade', 'background')).toMatch(/^2 .*Allowed choices are orphan, delete/s);
  const config = await readFile(sandbox.kubeconfig, 'utf8');
  await writeFile(
    sandbox.kubeconfig,
    config.replace(/server: https:\/\/127\.\d+\.0\.1:6443/, 'server: https://127.0.0.1:9'),
  );
  const contexts = await Promise.all([
    failing('join', east, '--timeout', '20s'),
    failing('join', west, '--timeout', '20s'),
  ]);
  await writeFile(sandbox.kubeconfig, config);
  expect(contexts.join('\n')).toMatch(
    /cannot be used: .*ECONNREFUSED.*Nothing listens there: is its API server running/s,
  );
});

it('lets the federation act as a user that is there, who may do only part, and says what it lacks', async () => {
  const member = `--context=${east}`;
  await sandbox.kubectl(member, 'create', 'serviceaccount', 'limited', '-n', 'default');
  await sandbox.kubectl(member, 'create', 'clusterrole', 'limited', '--verb=*', '--resource=namespaces,configmaps');
  await sandbox.kubectl(
    member,
    'create',
    'clusterrolebinding',
    'limited',
    '--clusterrole=limited',
    '--serviceaccount=default:limited',
  );
  const token = (await sandbox.kubectl(member, 'create', 'token', 'limited', '-n', 'default')).trim();
  const config = await sandbox.kubectl(member, 'config', 'view', '--minify', '--flatten', '-o', 'json');
  // @NOTE what kubectl prints of a kubeconfig with one user.
  const limited = JSON.parse(config) as { users: { user: object }[] };
  for (const entry of limited.users) entry.user = { token };
  const file = `${sandbox.directory}/limited`;
  await writeFile(file, JSON.stringify(limited));

  const refused = await sandbox.run('env', [
    `KUBECONFIG=${sandbox.kubeconfig}`,
    process.execPath,
    'bin/koinon.js',
    'unjoin',
    east,
  ]);
  expect(refused.code, refused.stderr).toBe(0);
  const joined = await sandbox.koinon('join', east, '--credentials-kubeconfig', file, '--wait');
  expect(joined.code, joined.stderr).toBe(0);
  await sandbox.kubectl(hub, 'create', 'configmap', 'shared', '-n', 'default', '--from-literal=a=b');
  await expect
    .poll(async () => (await sandbox.tryKubectl(member, 'get', 'configmap', 'shared', '-n', 'default')).code, soon)
    .toBe(0);
  await expect.poll(() => condition(east, 'Authorized'), soon).toBe('False');
  const told = await sandbox.kubectl(hub, 'describe', 'cluster', east);
  expect(told).toContain('PermissionsMissing');
  expect(told).toContain('deployments.apps');
  expect(told).toContain('Grant it to the user');
  await sandbox.koinon('unjoin', east);
  const back = await sandbox.koinon('join', east, '--wait');
  expect(back.code, back.stderr).toBe(0);
  await expect.poll(() => condition(east, 'Authorized'), soon).toBe('True');
});

it('unjoins a cluster that is dead only when forced, soon, and tells what stays in it', async () => {
  await sandbox.koinon('cluster', 'kill', west);
  const careful = await sandbox.koinon('unjoin', west);
  expect(careful.code).toBe(1);
  expect(careful.stderr).toContain('--force takes it out of the federation');
  expect(await sandbox.kubectl(hub, 'get', 'clusters', '-o', 'name')).toContain(west);
  const plan = await sandbox.koinon('unjoin', west, '--force', '--dry-run', '--timeout=10s');
  expect(plan.stdout).toContain(`Would remove from federation "myfederation":\n  cluster ${west}\n`);
  expect(plan.stdout).toContain(`Would leave behind in cluster "${west}":\n`);
  expect(await sandbox.kubectl(hub, 'get', 'clusters', '-o', 'name')).toContain(west);
  const begun = performance.now();
  const forced = await sandbox.koinon('unjoin', west, '--force', '--timeout=10s');
  expect(performance.now() - begun).toBeLessThan(15_000);
  expect(forced.code, forced.stderr).toBe(0);
  expect(forced.stdout).toContain(`Successfully removed cluster "${west}" from federation`);
  expect(forced.stdout).toContain(`serviceaccount ${west}-myfederation -n federation-system`);
  expect(forced.stdout).toContain('copies of configmaps default/shared');
  expect(await sandbox.kubectl(hub, 'get', 'clusters', '-o', 'name')).not.toContain(west);
  const again = await sandbox.koinon('unjoin', west, '--force');
  expect(again.code).toBe(0);
  expect(again.stderr).toContain('is not in the federation');
});

it('takes the copies along when it is asked to', async () => {
  const member = `--context=${east}`;
  const { code, stderr } = await sandbox.koinon(
    'unjoin',
    east,
    '--cascade=delete',
    '--host-cluster-context=federation-cluster',
  );
  expect(code, stderr).toBe(0);
  expect((await sandbox.tryKubectl(member, 'get', 'configmap', 'shared', '-n', 'default')).code).toBe(1);
  expect((await sandbox.tryKubectl(member, 'get', 'namespace', 'mynamespace')).code).toBe(1);
  expect(await sandbox.kubectl(hub, 'get', 'configmap', 'shared', '-n', 'default', '-o', 'name')).toContain('shared');
  const accounts = await sandbox.kubectl(member, 'get', 'serviceaccounts', '-n', 'federation-system', '-o', 'name');
  expect(accounts).not.toContain('myfederation');
});
