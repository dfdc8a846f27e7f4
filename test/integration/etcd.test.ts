import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Etcd3 } from 'etcd3';
import { describe, expect, it } from 'vitest';
import { start, systemClock } from '../../src/component-base/index.ts';
import { createEtcdStorage, createWatchCache, isStorageError, type Storage } from '../../src/storage/index.ts';
import { described, text, Watched } from '../conformance/storage/fixture.ts';
import { createTestCertificates } from '../harness/certificates.ts';
import { EtcdCluster, etcdVersions, withoutEtcd } from '../harness/etcd.ts';

const bytes = (value: string) => Buffer.from(value);

/** As a client does it: tries again while the store cannot answer, and finds out whether a lost answer was a yes. */
async function createStubbornly(storage: Storage, key: string): Promise<void> {
  const deadline = AbortSignal.timeout(15_000);
  for (;;) {
    try {
      await storage.create(key, bytes('1'));
      return;
    } catch (err) {
      if (isStorageError(err, 'Exists')) return;
      if (!isStorageError(err, 'Unavailable')) throw err;
    }
    await systemClock.sleep(20, deadline);
  }
}

describe.skipIf(withoutEtcd() !== false).each(etcdVersions())('storage on etcd $version', ({ program }) => {
  it('lies in etcd as Kubernetes has it, and stores in one etcd see each other', async () => {
    await using etcd = await EtcdCluster.start({ program });
    const [one, other] = [createEtcdStorage(etcd.options()), createEtcdStorage(etcd.options())];
    await using _running = await start([one, other]);
    await using watched = new Watched(other, '/registry/pods/', 0);
    const kv = await one.create('/registry/pods/default/web', bytes('{}'));
    const etcd3 = new Etcd3({ hosts: etcd.endpoints });
    expect(await etcd3.get('/registry/pods/default/web').string()).toBe('{}');
    await etcd3.put('/elsewhere').value('1');
    etcd3.close();
    expect(text(await other.get('/registry/pods/default/web'))).toBe('{}');
    await other.delete(kv.key, kv.modRevision);
    expect(await watched.take(2)).toEqual([
      'put /registry/pods/default/web={}',
      'delete /registry/pods/default/web ({})',
    ]);
  });

  it('a cached read does not wait for what others wrote beside the prefix', async () => {
    await using etcd = await EtcdCluster.start({ program });
    const [mine, theirs] = [createEtcdStorage(etcd.options('/mine')), createEtcdStorage(etcd.options('/theirs'))];
    const cache = createWatchCache(mine, etcd.options());
    await using _running = await start([mine, theirs, cache]);
    await cache.create('/a', bytes('1'));
    for (let i = 0; i < 20; i++) {
      await theirs.create(`/${i}`, bytes('1'));
      expect(text(await cache.get('/a'))).toBe('1');
    }
    expect((await cache.list('')).items).toHaveLength(1);
  });

  it('a watch goes on after a restart of etcd, none missing and none twice', async () => {
    await using etcd = await EtcdCluster.start({ program });
    const storage = createEtcdStorage(etcd.options());
    await using _running = await start([storage]);
    await using watched = new Watched(storage, '/', 0);
    await using progressing = new Watched(storage, '/', 0, { progress: true });
    for (let i = 0; i < 20; i++) await storage.create(`/a${i}`, bytes('1'));
    await watched.take(20);
    await etcd.killMember(0);
    await expect(storage.get('/a1')).rejects.toMatchObject({ code: 'Unavailable' });
    await expect(storage.create('/lost', bytes('1'))).rejects.toMatchObject({ code: 'Unavailable' });
    etcd.startMember(0);
    await etcd.answers();
    for (let i = 20; i < 40; i++) await createStubbornly(storage, `/a${i}`);
    const expected = Array.from({ length: 40 }, (_, i) => `put /a${i}=1`);
    await expect.poll(() => watched.events.map(described), { timeout: 10_000 }).toEqual(expected);
    const changes = () => progressing.events.filter(({ type }) => type !== 'progress').map(described);
    await expect.poll(changes, { timeout: 10_000 }).toEqual(expected);
  });

  it('of three members the leader may be killed while writes go on: nothing acknowledged is lost', async () => {
    await using etcd = await EtcdCluster.start({ program, members: 3 });
    const storage = createEtcdStorage(etcd.options());
    const cache = createWatchCache(storage, etcd.options());
    await using _running = await start([storage, cache]);
    await using watched = new Watched(cache, '/', 0);
    let killed: Promise<void> | undefined;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; i < 60; i++) {
        if (writer === 0 && i === 20) killed = etcd.leader().then((leader) => etcd.killMember(leader));
        await createStubbornly(cache, `/w${writer}/${i}`);
      }
    });
    await Promise.all(writers);
    await killed;
    expect((await cache.list('')).items).toHaveLength(480);
    await watched.take(480);
    expect(new Set(watched.events.map(described)).size).toBe(480);
    expect(watched.events).toHaveLength(480);
  }, 60_000);

  it('a watch of history that is compacted throws Compacted, and one far behind gets all that is left', async () => {
    await using etcd = await EtcdCluster.start({ program });
    const storage = createEtcdStorage({ ...etcd.options(), watchBuffer: 16 });
    await using _running = await start([storage]);
    for (let i = 0; i < 50; i++) await storage.create(`/a${i}`, bytes('1'));
    await storage.compact(10);
    const early = new Watched(storage, '/', 5);
    await early.done;
    expect(early.failure).toMatchObject({ code: 'Compacted' });
    const now = await storage.currentRevision();
    let taken = 0;
    // Taken one by one, slower than they come; the buffer alone would be too small.
    for await (const event of storage.watch('/', 11, { signal: AbortSignal.timeout(10_000) })) {
      await new Promise(setImmediate);
      taken++;
      if (event.type === 'put' && event.kv.modRevision === now) break;
    }
    expect(taken).toBe(now - 11);
  });

  it('a key with a ttl goes by itself, also when it was updated, and those of one lease each as an event', async () => {
    await using etcd = await EtcdCluster.start({ program });
    const storage = createEtcdStorage(etcd.options());
    const cache = createWatchCache(storage, etcd.options());
    await using _running = await start([storage, cache]);
    await using watched = new Watched(cache, '/', 0);
    const a = await cache.create('/a', bytes('1'), { ttlSeconds: 2 });
    await cache.update('/a', bytes('2'), a.modRevision);
    await cache.create('/stays', bytes('1'));
    await expect.poll(() => storage.get('/a'), { timeout: 8_000 }).toBeUndefined();
    expect(await watched.take(4)).toEqual(['put /a=1', 'put /a=2 (1)', 'put /stays=1', 'delete /a (2)']);

    // As etcd does when the lease of several keys ends: all go at one revision.
    const keys = ['/x', '/y', '/z'];
    const etcd3 = new Etcd3({ hosts: etcd.endpoints });
    for (const key of keys) await cache.create(key, bytes('1'), { ttlSeconds: 3_600 });
    const { leases } = await etcd3.leaseClient.leaseLeases();
    expect(leases).toHaveLength(1);
    await etcd3.leaseClient.leaseRevoke({ ID: leases[0]!.ID });
    etcd3.close();
    expect((await watched.take(10)).slice(7).toSorted()).toEqual(keys.map((key) => `delete ${key} (1)`));
    expect((await cache.list('')).items.map(({ key }) => key)).toEqual(['/stays']);
  });

  it('what is larger than etcd takes is TooLarge', async () => {
    await using etcd = await EtcdCluster.start({ program, maxRequestBytes: 100_000 });
    const storage = createEtcdStorage(etcd.options());
    await using _running = await start([storage]);
    await storage.create('/fits', new Uint8Array(90_000));
    for (const size of [100_001, 1_000_000]) {
      await expect(storage.create('/a', new Uint8Array(size))).rejects.toMatchObject({ code: 'TooLarge' });
    }
    expect((await storage.get('/fits'))?.value.length).toBe(90_000);
  });

  it('speaks TLS in which both sides show certificates, to servers of its CA only', async () => {
    await using stack = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), 'koinon-etcd-tls-'));
    stack.defer(() => rm(directory, { recursive: true }));
    const { ca, serving, admin } = await createTestCertificates();
    const file = async (name: string, text: string) => {
      await writeFile(join(directory, name), text);
      return join(directory, name);
    };
    const tls = {
      ca: await file('ca.pem', ca),
      certificate: await file('cert.pem', serving.cert),
      key: await file('key.pem', serving.key),
    };
    const etcd = stack.use(await EtcdCluster.start({ program, tls }));
    const { certificate, key } = admin;
    const storage = createEtcdStorage({ ...etcd.options(), tls: { ca, certificate, key } });
    stack.use(await start([storage]));
    await using watched = new Watched(storage, '/', 0);
    await storage.create('/a', bytes('1'));
    expect(await watched.take(1)).toEqual(['put /a=1']);

    const other = await createTestCertificates();
    const impatient = { ...etcd.options(), startTimeoutMs: 100 };
    const distrusting = createEtcdStorage({ ...impatient, tls: { ca: other.ca, certificate, key } });
    await expect(start([distrusting])).rejects.toThrow(/cannot be used/);
    const stranger = await other.issue('stranger');
    const distrusted = createEtcdStorage({ ...impatient, tls: { ca, ...stranger } });
    await expect(start([distrusted])).rejects.toThrow(/cannot be used/);
  });

  it('of two that share an etcd one compacts, and history goes after two intervals', async () => {
    await using etcd = await EtcdCluster.start({ program });
    const options = { ...etcd.options(), compactionIntervalMs: 100 };
    const [one, other] = [createEtcdStorage(options), createEtcdStorage(options)];
    await using _running = await start([one, other]);
    await one.create('/a', bytes('1'));
    await expect
      .poll(() => one.list('', { revision: 1 }).catch((err: unknown) => err), { timeout: 5_000 })
      .toMatchObject({ code: 'Compacted' });
    expect((await other.list('')).items).toHaveLength(1);
  });

  it('user and password are asked for once, and anew when the token has gone', async () => {
    await using etcd = await EtcdCluster.start({ program });
    const auth = { username: 'root', password: randomUUID() };
    const admin = new Etcd3({ hosts: etcd.endpoints });
    await admin.role('root').create();
    await admin.user('root').create(auth.password);
    await admin.user('root').addRole('root');
    await admin.auth.authEnable();
    admin.close();

    const storage = createEtcdStorage({ ...etcd.options(), auth });
    await using _running = await start([storage]);
    await using watched = new Watched(storage, '/', 0);
    await storage.create('/a', bytes('1'));
    expect(await watched.take(1)).toEqual(['put /a=1']);
    // Simple tokens are in the memory of etcd.
    await etcd.killMember(0);
    etcd.startMember(0);
    await expect.poll(() => storage.get('/a').then(text, () => undefined), { timeout: 10_000 }).toBe('1');
    await createStubbornly(storage, '/b');
    await expect.poll(() => watched.events.map(described), { timeout: 10_000 }).toEqual(['put /a=1', 'put /b=1']);

    const nobody = createEtcdStorage({ ...etcd.options(), auth: { username: 'root', password: 'wrong' } });
    await expect(start([nobody])).rejects.toThrow(/cannot be used/);
  });
});
