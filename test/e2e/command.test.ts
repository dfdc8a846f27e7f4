import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { processIsAlive, Sandbox, type Status } from './fleet.ts';

const soon = { timeout: 20_000, interval: 50 };
const small = ['--clusters', '1', '--nodes', '1'];

const pids = ({ components }: Status) => components.map(({ pid }) => pid ?? 0).filter((pid) => pid > 0);

it('up twice finds the fleet running; the state is private; contexts leave the rest of the kubeconfig alone', async () => {
  await using sandbox = await Sandbox.create();
  const foreign =
    'apiVersion: v1\nkind: Config\n# mine\ncontexts:\n  - name: mine\n    context: { cluster: there, user: me }\ncurrent-context: mine\n';
  await writeFile(sandbox.kubeconfig, foreign, { mode: 0o600 });
  await sandbox.up(...small);
  const again = await sandbox.koinon('up');
  expect(again.code).toBe(0);
  expect(again.stdout).toContain('already running');
  expect((await stat(sandbox.home)).mode & 0o777).toBe(0o700);

  const merged = await readFile(sandbox.kubeconfig, 'utf8');
  expect(merged).toContain('# mine');
  const contexts = await sandbox.kubectl('config', 'get-contexts', '-o', 'name');
  expect(contexts.trim().split('\n').sort()).toEqual(['federation-cluster', 'gce-asia-east1', 'mine']);
  expect((await sandbox.kubectl('config', 'current-context')).trim()).toBe('mine');

  const other = await sandbox.koinon('up', '--clusters', '2');
  expect(other.code).toBe(1);
  expect(other.stderr).toContain('another shape');

  await sandbox.koinon('down');
  expect(await readFile(sandbox.kubeconfig, 'utf8')).toContain('# mine');
  expect((await sandbox.kubectl('config', 'get-contexts', '-o', 'name')).trim()).toBe('mine');
});

it('--dns-ttl decides how long answers may be kept', async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.up(...small, '--dns-ttl', '30');
  await sandbox.kubectl('--context=federation-cluster', 'create', '-f', 'examples/nginx-service.yaml');
  await sandbox.kubectl('--context=gce-asia-east1', 'create', 'deployment', 'nginx', '--image=nginx', '--port=80');
  const question = ['+noall', '+answer', '@127.0.0.1', '-p', String(sandbox.dnsPort)];
  const name = 'nginx.mynamespace.myfederation.svc.example.com';
  await expect
    .poll(async () => (await sandbox.run('dig', [...question, name])).stdout, soon)
    .toMatch(/\s30\s+IN\s+A\s/);
});

it('down --keep-data and up continue where the fleet was', async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.up(...small);
  await sandbox.kubectl('--context=gce-asia-east1', 'create', 'configmap', 'kept', '--from-literal=a=b');
  const uid = await sandbox.kubectl(
    '--context=gce-asia-east1',
    'get',
    'configmap',
    'kept',
    '-o',
    'jsonpath={.metadata.uid}',
  );
  expect((await sandbox.koinon('down', '--keep-data')).code).toBe(0);
  expect((await sandbox.koinon('status')).code).toBe(3);
  const up = await sandbox.koinon('up');
  expect(up.code, up.stderr).toBe(0);
  expect(
    await sandbox.kubectl('--context=gce-asia-east1', 'get', 'configmap', 'kept', '-o', 'jsonpath={.metadata.uid}'),
  ).toBe(uid);
});

it('a busy DNS address is named and nothing is left running', async () => {
  await using sandbox = await Sandbox.create();
  const socket = createSocket('udp4').bind(sandbox.dnsPort, '127.0.0.1');
  await once(socket, 'listening');
  const { code, stderr } = await sandbox.koinon('up', '--dns-address', sandbox.dnsAddress, ...small);
  socket.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`something already listens at ${sandbox.dnsAddress}`);
  expect((await sandbox.koinon('status')).code).toBe(3);
});

it('a supervisor that was killed takes its components with it, and the next up starts anew on the same data', async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.up(...small);
  const before = await sandbox.status();
  process.kill(before.components.find(({ kind }) => kind === 'supervisor')?.pid ?? 0, 'SIGKILL');
  await expect.poll(() => pids(before).filter(processIsAlive), soon).toEqual([]);
  expect((await sandbox.koinon('status')).code).toBe(3);
  const up = await sandbox.koinon('up');
  expect(up.code, up.stderr).toBe(0);
  expect((await sandbox.status()).ready).toBe(true);
});

it('a component that dies by itself is started again', async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.up(...small);
  const pidOf = async () => (await sandbox.status()).components.find(({ name }) => name === 'gce-asia-east1')?.pid;
  const before = await pidOf();
  process.kill(before ?? 0, 'SIGKILL');
  await expect.poll(pidOf, soon).not.toBe(before);
  await expect
    .poll(async () => (await sandbox.status()).components.find(({ name }) => name === 'gce-asia-east1')?.health, soon)
    .toBe('Healthy');
});

it.each([100, 400, 1000])('Ctrl-C %i ms into up leaves nothing running', async (afterMs) => {
  await using sandbox = await Sandbox.create();
  const up = sandbox.spawnKoinon('up', '--dns-address', sandbox.dnsAddress);
  const exited = once(up, 'exit');
  // The very thing under test: an interruption at a moment of the user's choosing.
  await once(AbortSignal.timeout(afterMs), 'abort');
  up.kill('SIGINT');
  await exited;
  const { stdout } = await sandbox.run('ps', ['-eo', 'args']);
  expect(stdout.split('\n').filter((line) => line.includes(sandbox.home))).toEqual([]);
  expect((await sandbox.koinon('status')).code).toBe(3);
  // Nothing was there before, so nothing is kept that another shape would have to mind.
  expect(existsSync(join(sandbox.home, 'fleet.json'))).toBe(false);
});

it('two that start the same fleet at once get one fleet', async () => {
  await using sandbox = await Sandbox.create();
  const [one, other] = await Promise.all([sandbox.up(...small), sandbox.up(...small)]);
  expect(`${one}${other}`.match(/already running/g)).toHaveLength(1);
  expect((await sandbox.status()).ready).toBe(true);
});

it('who reads only the beginning of our output disturbs nothing', async () => {
  await using sandbox = await Sandbox.create();
  const command = `"${process.execPath}" bin/koinon.js up --clusters 1 --nodes 1 --dns-address ${sandbox.dnsAddress} | true; exit $PIPESTATUS`;
  expect(await sandbox.run('bash', ['-c', command])).toEqual({ code: 0, stdout: '', stderr: '' });
  const follow = `"${process.execPath}" bin/koinon.js logs -f myfederation | head -n 1; exit $PIPESTATUS`;
  const followed = sandbox.run('bash', ['-c', follow]);
  await sandbox.kubectl('--context=federation-cluster', 'create', 'configmap', 'x');
  await sandbox.koinon('cluster', 'stop', 'myfederation');
  await sandbox.koinon('cluster', 'start', 'myfederation');
  expect(await followed).toMatchObject({ code: 0, stderr: '' });
});

it('a home that cannot be one, a corrupt kubeconfig and a bad fleet file are told, and nothing is touched', async () => {
  await using sandbox = await Sandbox.create();
  await writeFile(sandbox.home, 'a file');
  expect((await sandbox.koinon('up')).stderr).toContain('is not a directory');

  await using other = await Sandbox.create();
  const corrupt = 'contexts: [oops\n';
  await writeFile(other.kubeconfig, corrupt);
  const { code, stderr } = await other.koinon('up', ...small);
  expect(code).toBe(1);
  expect(stderr).toContain(other.kubeconfig);
  expect(await readFile(other.kubeconfig, 'utf8')).toBe(corrupt);

  const file = join(other.directory, 'fleet.yaml');
  await writeFile(file, 'nodes: 3\nclusters:\n  - name: a\n    region: r\n    colour: red\n');
  expect((await other.koinon('up', '--config', file)).stderr).toContain(`${file}:5: clusters[0]: unknown key "colour"`);
});

const mayMount = process.getuid?.() === 0;

it.skipIf(!mayMount)('a full disk is told in plain words and nothing is left running', async () => {
  await using sandbox = await Sandbox.create();
  const disk = join(sandbox.directory, 'disk');
  await sandbox.run('mkdir', [disk]);
  const mounted = await sandbox.run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  expect(mounted.code, mounted.stderr).toBe(0);
  try {
    const env = { ...sandbox.environment, KOINON_HOME: join(disk, 'home') };
    const args = ['bin/koinon.js', 'up', '--dns-address', sandbox.dnsAddress, ...small];
    const { code, stderr } = await sandbox.run(process.execPath, args, env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no space is left|full/i);
    const { stdout } = await sandbox.run('ps', ['-eo', 'args']);
    expect(stdout.split('\n').filter((line) => line.includes(disk))).toEqual([]);
  } finally {
    await sandbox.run('umount', [disk]);
  }
});

it('cluster create adds a member; logs and status tell of it', async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.up(...small);
  const created = await sandbox.koinon(
    'cluster',
    'create',
    'edge',
    '--region',
    'moon',
    '--zone',
    'moon-a',
    'moon-b',
    '--nodes',
    '2',
  );
  expect(created.code, created.stderr).toBe(0);
  expect(await sandbox.kubectl('--context=federation-cluster', 'get', 'clusters')).toMatch(/edge\s+Ready/);
  expect(await sandbox.kubectl('--context=edge', 'get', 'nodes')).toMatch(/edge-.*Ready/);
  expect(
    await sandbox.kubectl('--context=federation-cluster', 'get', 'cluster', 'edge', '-o', 'jsonpath={.status.zones}'),
  ).toBe('["moon-a","moon-b"]');
  expect((await sandbox.koinon('status')).stdout).toMatch(/edge\s+member\s+Running\s+Healthy\s+Ready/);
  expect((await sandbox.koinon('logs', 'edge')).stdout).toContain('"cluster":"edge"');
  const twice = await sandbox.koinon('cluster', 'create', 'edge', '--region', 'moon', '--zone', 'moon-a');
  expect(twice.stderr).toContain('already');
  for (const name of ['Edge', 'federation-cluster', 'supervisor']) {
    const refused = await sandbox.koinon('cluster', 'create', name, '--region', 'moon', '--zone', 'moon-a');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`the name "${name}" is`);
  }
});

it.skipIf(process.getuid?.() !== 0)(
  'a user without rights has a fleet too, and is told where low ports are',
  async () => {
    await using sandbox = await Sandbox.create();
    await sandbox.run('chown', ['nobody', sandbox.directory]);
    const unprivileged = ['--reuid=nobody', '--regid=nogroup', '--clear-groups', process.execPath, 'bin/koinon.js'];
    const up = await sandbox.run('setpriv', [...unprivileged, 'up', '--dns-address', sandbox.dnsAddress, ...small]);
    expect(up.code, up.stderr).toBe(0);
    expect(up.stdout).toContain('80 is at 10080');
    expect((await sandbox.run('setpriv', [...unprivileged, 'down'])).code).toBe(0);
  },
);

it('a fleet file decides clusters, zones and nodes', async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.up('--config', 'examples/fleet.yaml');
  const nodes = await sandbox.kubectl(
    '--context=gce-us-central1',
    'get',
    'nodes',
    '-L',
    'topology.kubernetes.io/zone',
    '--no-headers',
  );
  expect(nodes.trim().split('\n')).toHaveLength(4);
  expect(nodes).toMatch(/us-central1-a/);
  expect(nodes).toMatch(/us-central1-b/);
});

it('wrong usage ends with code 2 and help', async () => {
  await using sandbox = await Sandbox.create();
  expect((await sandbox.koinon('up', '--clusters', 'many')).code).toBe(2);
  expect((await sandbox.koinon('fly')).code).toBe(2);
  const help = await sandbox.koinon('--help');
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('KOINON_HOME');
  expect((await sandbox.koinon('completion', 'bash')).stdout).toContain('complete -o default -F _koinon koinon');
});
