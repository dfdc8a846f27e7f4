import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Sandbox } from './fleet.ts';

const soon = { timeout: 20_000, interval: 100 };
const member = 'gce-asia-east1';

it('what was deleted after a backup comes back; a damaged backup and a running cluster are refused', async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.up('--clusters', '1', '--nodes', '1');
  const kubectl = (...args: string[]) => sandbox.kubectl(`--context=${member}`, '-n', 'default', ...args);
  const file = join(sandbox.directory, 'member.snapshot');
  await kubectl('create', 'configmap', 'kept', '--from-literal=a=1');
  await kubectl('create', 'secret', 'generic', 'hidden', '--from-literal=password=x');
  const taken = await sandbox.koinon('backup', member, '--output', file);
  expect(taken.stderr).toMatch(/Backed up gce-asia-east1 while it runs: revision \d+, \d+ bytes/);
  expect(taken.code).toBe(0);
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  await kubectl('delete', 'configmap', 'kept');
  await kubectl('delete', 'secret', 'hidden');
  await kubectl('create', 'configmap', 'later');
  expect((await sandbox.koinon('restore', member, file)).stderr).toContain(
    `${member} is running; stop it first: koinon cluster stop ${member}`,
  );

  await sandbox.koinon('cluster', 'stop', member);
  expect((await sandbox.koinon('restore', member, file)).stderr).toContain('--force replaces it');
  const damaged = join(sandbox.directory, 'damaged.snapshot');
  const content = await readFile(file);
  content[content.length >> 1]! ^= 1;
  await writeFile(damaged, content);
  const refused = await sandbox.koinon('restore', member, damaged, '--force');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`${damaged}: the snapshot is damaged or cut off`);

  const stopped = join(sandbox.directory, 'stopped.snapshot');
  expect((await sandbox.koinon('backup', member, '-o', stopped)).stderr).toContain('while it is stopped');
  const restored = await sandbox.koinon('restore', member, file, '--force');
  expect(restored.stdout).toMatch(/Restored gce-asia-east1: \d+ objects/);
  await sandbox.koinon('cluster', 'start', member);
  await expect.poll(async () => kubectl('get', 'configmaps,secrets', '-o', 'name'), soon).toContain('configmap/kept');
  const names = await kubectl('get', 'configmaps,secrets', '-o', 'name');
  expect(names).toContain('secret/hidden');
  expect(names).not.toContain('configmap/later');
  // The federation's watches of this member went on from a state that is no more.
  await expect
    .poll(() => sandbox.kubectl('--context=federation-cluster', 'get', 'clusters'), soon)
    .toMatch(/gce-asia-east1\s+Ready/);
});

it('a backup goes through a pipe and never to a terminal; the federation has one too', async () => {
  await using sandbox = await Sandbox.create();
  expect((await sandbox.koinon('backup', 'x', '-o', '-')).stderr).toContain('there is no fleet');
  await sandbox.up('--clusters', '1', '--nodes', '1');
  const file = join(sandbox.directory, 'federation.snapshot');
  const koinon = `"${process.execPath}" bin/koinon.js`;
  const piped = await sandbox.run('bash', ['-c', `${koinon} backup myfederation -o - | cat > ${file}`]);
  expect(piped.stderr).toContain('to standard output');
  const terminal = await sandbox.run('script', ['-qec', `${koinon} backup myfederation -o -`, '/dev/null']);
  expect(terminal.stdout).toContain('a backup is not for a terminal');
  expect((await sandbox.koinon('backup', 'nobody', '-o', file)).stderr).toContain('there is no nobody in this fleet');

  await sandbox.koinon('cluster', 'stop', 'myfederation');
  expect((await sandbox.koinon('restore', 'myfederation', file, '--force')).code).toBe(0);
  expect((await sandbox.koinon('cluster', 'start', 'myfederation')).code).toBe(0);
  await expect
    .poll(() => sandbox.kubectl('--context=federation-cluster', 'get', 'clusters'), soon)
    .toMatch(/gce-asia-east1\s+Ready/);
});

it('a federation restored from an old backup deletes nothing in its members until somebody confirms it', async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.up('--clusters', '1', '--nodes', '1');
  const federation = (...args: string[]) => sandbox.kubectl('--context=federation-cluster', '-n', 'default', ...args);
  const copies = async () => {
    const kinds = '-l=federation.koinon.dev/managed-by=myfederation';
    return sandbox.kubectl(`--context=${member}`, '-n', 'default', 'get', 'configmaps', kinds, '-o', 'name');
  };
  const file = join(sandbox.directory, 'federation.snapshot');
  const selector = 'federation.alpha.kubernetes.io/cluster-selector';
  const nowhere = `${selector}=[{"key":"tier","operator":"=","values":["none"]}]`;
  await federation('create', 'configmap', 'elsewhere');
  await federation('annotate', 'configmap', 'elsewhere', nowhere);
  await expect.poll(copies, soon).toBe('');
  expect((await sandbox.koinon('backup', 'myfederation', '--output', file)).code).toBe(0);
  await federation('annotate', 'configmap', 'elsewhere', `${selector}-`);
  await federation('create', 'configmap', 'later');
  await expect.poll(copies, soon).toBe('configmap/elsewhere\nconfigmap/later\n');

  await sandbox.koinon('cluster', 'stop', 'myfederation');
  const restored = await sandbox.koinon('restore', 'myfederation', file, '--force');
  expect(restored.stdout).toContain('koinon confirm-restore --dry-run');
  expect((await sandbox.koinon('cluster', 'start', 'myfederation')).code).toBe(0);
  const condition = '--for=condition=RemovalsHeld';
  await sandbox.kubectl('--context=federation-cluster', 'wait', condition, 'cluster', member, '--timeout=60s');
  const shown = async () => (await sandbox.koinon('confirm-restore', '--dry-run')).stdout;
  await expect.poll(shown, soon).toContain(`cluster ${member}: configmap "default/elsewhere" is to be deleted`);
  expect(await shown()).toContain(`cluster ${member}: configmap "default/later" is of no object of the federation`);
  expect((await sandbox.koinon('status')).stdout).toContain(
    'myfederation: restored from a backup: nothing is deleted in members until "koinon confirm-restore"',
  );
  // The note that the restore left is in the federation now, and does not come again with the next start.
  expect(await readdir(join(sandbox.home, 'federation'))).not.toContain('restored.json');
  expect(await copies()).toBe('configmap/elsewhere\nconfigmap/later\n');

  await expect.poll(async () => (await sandbox.koinon('confirm-restore')).stdout, soon).toContain('Confirmed');
  await expect.poll(copies, soon).toBe('configmap/later\n');
  await sandbox.kubectl('--context=federation-cluster', 'wait', `${condition}=False`, 'cluster', member);
  await expect.poll(shown, soon).toContain('Nothing waits for a confirmation');
});

it('a fleet encrypts what its configuration says, at members and at the federation; a bad one is refused at once', async () => {
  await using sandbox = await Sandbox.create();
  const file = join(sandbox.directory, 'encryption.yaml');
  const up = ['--clusters', '1', '--nodes', '1', '--encryption-provider-config', file];
  await writeFile(file, 'kind: EncryptionConfiguration\n');
  const refused = await sandbox.koinon('up', '--dns-address', sandbox.dnsAddress, ...up);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`${file}: resources: Required value`);

  const secret = Buffer.alloc(32, 'k').toString('base64');
  await writeFile(
    file,
    `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aesgcm: { keys: [{ name: k, secret: ${secret} }] }\n`,
  );
  await sandbox.up(...up);
  for (const [context, data] of [
    [member, `clusters/${member}`],
    ['federation-cluster', 'federation'],
  ] as const) {
    await sandbox.kubectl(
      `--context=${context}`,
      '-n',
      'default',
      'create',
      'secret',
      'generic',
      'x',
      '--from-literal=a=unheard-of',
    );
    const read = ['-n', 'default', 'get', 'secret', 'x', '-o', 'jsonpath={.data.a}'];
    expect(await sandbox.kubectl(`--context=${context}`, ...read)).toBe(Buffer.from('unheard-of').toString('base64'));
    const disk = await readFile(join(sandbox.home, data, 'data.mdb'));
    expect(disk.includes(Buffer.from('unheard-of').toString('base64'))).toBe(false);
    expect(disk.includes('k8s:enc:aesgcm:v1:k:')).toBe(true);
  }
});
