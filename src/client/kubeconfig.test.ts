import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FakeClock } from '../component-base/index.ts';
import {
  assertMergeable,
  mergeKubeconfig,
  removeFromKubeconfig,
  replaceKubeconfigUser,
  type KubeconfigEntries,
} from './kubeconfig-file.ts';
import { loadKubeconfig } from './kubeconfig.ts';

async function scratch(text?: string) {
  const directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  const path = join(directory, 'config');
  if (text !== undefined) await writeFile(path, text, { mode: 0o644 });
  return {
    directory,
    path,
    text: () => readFile(path, 'utf8'),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

function entries(name: string, ownedBy = '/home/me/.koinon', server = 'https://127.0.0.1:6443'): KubeconfigEntries {
  return {
    clusters: [
      { name, cluster: { server, 'certificate-authority-data': Buffer.from('x'.repeat(500)).toString('base64') } },
    ],
    users: [{ name, user: { token: 'secret' } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'shop' } }],
    currentContext: name,
    ownedBy,
  };
}

const foreign = `# my clusters
apiVersion: v1
kind: Config
preferences: {colors: true}
x-unknown:
  - kept # as well
clusters:
- name: work # the real one
  cluster: {server: "https://work.example", x-proxy: 1}
users:
- name: me
  user:
    exec: {command: login, apiVersion: client.authentication.k8s.io/v1}
contexts:
- {name: work, context: {cluster: work, user: me}}
current-context: work
`;

describe('merging into a kubeconfig', () => {
  it("tells beforehand that a name is somebody else's", async () => {
    await using at = await scratch(foreign);
    const names = { clusters: ['work'], users: [], contexts: ['work'] };
    await expect(assertMergeable(at.path, names, 'me')).rejects.toThrow('already has a cluster "work"');
    await assertMergeable(at.path, { ...names, clusters: ['mine'], contexts: ['mine'] }, 'me');
    await assertMergeable(join(at.directory, 'missing'), names, 'me');
  });

  it.skipIf(process.getuid?.() === 0)('leaves a file alone that was made read-only', async () => {
    await using at = await scratch(foreign);
    await chmod(at.path, 0o400);
    await expect(mergeKubeconfig(at.path, entries('one'))).rejects.toThrow('may not be written');
    expect(await at.text()).toBe(foreign);
  });

  it('makes a file that only its owner can read, and that is readable', async () => {
    await using at = await scratch();
    const path = join(at.directory, 'new', 'config');
    await mergeKubeconfig(path, entries('one'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const config = await loadKubeconfig(path);
    expect(config.currentContext).toBe('one');
    expect(config.contexts).toEqual([{ name: 'one', cluster: 'one', user: 'one', namespace: 'shop' }]);
  });

  it('leaves all that is there as it is', async () => {
    await using at = await scratch(foreign);
    await mergeKubeconfig(at.path, entries('one'));
    const text = await at.text();
    for (const kept of [
      '# my clusters',
      '# as well',
      '# the real one',
      'x-proxy: 1',
      'exec:',
      'current-context: work',
    ]) {
      expect(text).toContain(kept);
    }
    expect((await stat(at.path)).mode & 0o777).toBe(0o600);
    expect((await loadKubeconfig(at.path)).contexts.map(({ name }) => name)).toEqual(['work', 'one']);
  });

  it("puts another in the place of an owner's user, where there is one", async () => {
    await using at = await scratch(foreign);
    await mergeKubeconfig(at.path, entries('one'));
    const next = { token: 'next' };
    await replaceKubeconfigUser(at.path, { name: 'one', user: next }, '/home/me/.koinon');
    expect(await at.text()).toMatch(/name: one\n\s+user:\n\s+token: next/);
    expect(await at.text()).toContain('current-context: work');
    const before = await at.text();
    await replaceKubeconfigUser(at.path, { name: 'gone', user: next }, '/home/me/.koinon');
    expect(await at.text()).toBe(before);
    await expect(replaceKubeconfigUser(at.path, { name: 'one', user: next }, 'somebody')).rejects.toThrow('not of');
    await replaceKubeconfigUser(join(at.directory, 'missing'), { name: 'one', user: next }, '/home/me/.koinon');
    await expect(stat(join(at.directory, 'missing'))).rejects.toThrow('ENOENT');
  });

  it('gives the file back as it was when its entries are removed', async () => {
    await using at = await scratch(foreign);
    await mergeKubeconfig(at.path, { ...entries('one'), currentContext: 'one' });
    await mergeKubeconfig(at.path, entries('two'));
    await removeFromKubeconfig(at.path, ['one', 'two'], '/home/me/.koinon');
    expect(parse(await at.text())).toEqual(parse(foreign));
    expect(await at.text()).toContain('# the real one');
  });

  it('replaces what the same owner wrote', async () => {
    await using at = await scratch(foreign);
    await mergeKubeconfig(at.path, entries('one'));
    await mergeKubeconfig(at.path, entries('one', '/home/me/.koinon', 'https://127.0.0.2:6443'));
    const text = await at.text();
    expect(text.match(/127\.0\.0\.[12]/g)).toEqual(['127.0.0.2']);
  });

  it('refuses to replace what is of others, and touches nothing', async () => {
    await using at = await scratch(foreign);
    await expect(mergeKubeconfig(at.path, entries('work'))).rejects.toThrow(/config already has a cluster "work"/);
    expect(await at.text()).toBe(foreign);
    await mergeKubeconfig(at.path, entries('one'));
    const before = await at.text();
    await expect(mergeKubeconfig(at.path, entries('one', '/another/home'))).rejects.toThrow('already has');
    await removeFromKubeconfig(at.path, ['one', 'work'], '/another/home');
    expect(await at.text()).toBe(before);
  });

  it.each([
    ['broken YAML', 'contexts: [oops\n'],
    ['a list', '- a\n'],
    ['another kind', 'kind: Pod\n'],
    ['contexts that are no list', 'contexts: {a: b}\n'],
    ['a key that is there twice', 'users: []\nusers: []\n'],
  ])('refuses a file with %s, names it and leaves it untouched', async (_, text) => {
    await using at = await scratch(text);
    await expect(mergeKubeconfig(at.path, entries('one'))).rejects.toThrow(`${at.path} is not a kubeconfig`);
    await expect(removeFromKubeconfig(at.path, ['one'], 'me')).rejects.toThrow(at.path);
    await expect(assertMergeable(at.path, { clusters: [], users: [], contexts: [] }, 'me')).rejects.toThrow(at.path);
    expect(await at.text()).toBe(text);
  });

  it.each(['', '{}', 'clusters: []\nusers: null\ncontexts:\n', '{"kind":"Config","clusters":[],"current-context":""}'])(
    'takes %j for a kubeconfig without entries',
    async (text) => {
      await using at = await scratch(text);
      await mergeKubeconfig(at.path, entries('one'));
      expect((await loadKubeconfig(at.path)).currentContext).toBe('one');
    },
  );

  it('unsets the current context that it removes', async () => {
    await using at = await scratch();
    await mergeKubeconfig(at.path, entries('one'));
    await removeFromKubeconfig(at.path, ['one'], '/home/me/.koinon');
    expect(parse(await at.text())).toMatchObject({ clusters: [], users: [], contexts: [], 'current-context': '' });
  });

  it('removes nothing from a file that is not there', async () => {
    await using at = await scratch();
    await removeFromKubeconfig(at.path, ['one'], 'me');
    await expect(stat(at.path)).rejects.toThrow('ENOENT');
  });

  it('writes through a symbolic link', async () => {
    await using at = await scratch(foreign);
    const link = join(at.directory, 'link');
    await symlink(at.path, link);
    await mergeKubeconfig(link, entries('one'));
    expect(await at.text()).toContain('name: one');
  });

  it('loses nothing when many write at once', async () => {
    await using at = await scratch(foreign);
    const names = Array.from({ length: 8 }, (_, index) => `c${index}`);
    await Promise.all(names.map((name) => mergeKubeconfig(at.path, entries(name))));
    const { contexts } = await loadKubeconfig(at.path);
    expect(contexts.map(({ name }) => name).sort()).toEqual([...names, 'work'].sort());
  });

  it('waits for who is writing, but not for ever', async () => {
    await using at = await scratch(foreign);
    await writeFile(`${at.path}.lock`, '');
    const given = mergeKubeconfig(at.path, entries('one'), { lockTimeoutMs: 60 });
    await expect(given).rejects.toThrow(`${at.path}.lock has been there for 60 ms`);
    expect(await at.text()).toBe(foreign);
    await stat(`${at.path}.lock`);

    const clock = new FakeClock();
    const waiting = mergeKubeconfig(at.path, entries('one'), { clock });
    await expect.poll(() => clock.pending).toBe(1);
    await rm(`${at.path}.lock`);
    await clock.advance(20);
    await waiting;
    await expect(stat(`${at.path}.lock`)).rejects.toThrow('ENOENT');
  });
});

describe('a kubeconfig', () => {
  it('makes a client of each context, and says which there are', async () => {
    await using at = await scratch();
    await mergeKubeconfig(at.path, entries('one', 'me', 'https://127.0.0.1:1'));
    const config = await loadKubeconfig(at.path);
    await using client = await config.clientForContext('one');
    await expect(client.raw('/healthz')).rejects.toThrow('GET https://127.0.0.1:1/healthz');
    await expect(config.clientForContext('two')).rejects.toThrow('there is no context "two", only one');
  });

  it('refuses what it cannot do instead of leaving it out', async () => {
    await using at = await scratch(`
clusters:
- {name: a, cluster: {server: "https://127.0.0.1:1", proxy-url: "http://proxy:3128"}}
- {name: b, cluster: {server: "https://127.0.0.1:1"}}
users:
- {name: u, user: {username: u, password: p}}
contexts:
- {name: proxy, context: {cluster: a, user: u}}
- {name: password, context: {cluster: b, user: u}}
`);
    const config = await loadKubeconfig(at.path);
    await expect(config.clientForContext('proxy')).rejects.toThrow('proxy-url');
    await expect(config.clientForContext('password')).rejects.toThrow('password');
  });

  it('that cannot be read is named', async () => {
    await using at = await scratch('contexts: [oops\n');
    await expect(loadKubeconfig(at.path)).rejects.toThrow(at.path);
  });
});
