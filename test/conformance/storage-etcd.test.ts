import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { silentLogger, start } from '../../src/component-base/index.ts';
import { createEtcdStorage, createWatchCache } from '../../src/storage/index.ts';
import { EtcdCluster, etcdVersions, withoutEtcd } from '../harness/etcd.ts';
import { storageConformance, type StorageOptions } from './storage.ts';
import { fromZero } from './storage/from-zero.ts';

const skip = withoutEtcd();
const ownTime = "etcd's clock cannot be moved; test/integration/etcd.test.ts waits for it";
const skips = {
  all: skip,
  tests: {
    'a key with a ttl goes by itself when its time has come': ownTime,
    'a ttl goes on over updates and ends with a delete': ownTime,
  },
};

for (const { version, program } of etcdVersions()) {
  const running: { etcd?: EtcdCluster } = {};

  beforeAll(async () => {
    // A value of 1.5 MiB and its key are more than etcd takes by default.
    if (skip === false) running.etcd = await EtcdCluster.start({ program, maxRequestBytes: 2 * 1024 * 1024 });
  });

  afterAll(() => running.etcd?.[Symbol.asyncDispose]());

  /** Each test has a part of the one etcd, and of its history. */
  const inEtcd = async ({ watchBuffer }: Pick<StorageOptions, 'watchBuffer'>) => {
    const storage = createEtcdStorage({ ...running.etcd!.options(`/${randomUUID()}`), watchBuffer });
    return { storage, running: await start([storage]) };
  };

  storageConformance(
    `storage on etcd ${version}`,
    async (options) => {
      const { storage, running } = await inEtcd(options);
      return { storage: await fromZero(storage), [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
    },
    skips,
  );

  storageConformance(
    `watch cache over etcd ${version}`,
    async (options) => {
      await using stack = new AsyncDisposableStack();
      const inner = await inEtcd({ watchBuffer: 10_000 });
      stack.use(inner.running);
      const cache = createWatchCache(inner.storage, { ...options, log: silentLogger });
      stack.use(await start([cache]));
      const storage = await fromZero(cache);
      const kept = stack.move();
      return { storage, [Symbol.asyncDispose]: () => kept.disposeAsync() };
    },
    skips,
  );
}
