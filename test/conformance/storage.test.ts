import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, start, type Runnable } from '../../src/component-base/index.ts';
import {
  createEmbeddedStorage,
  createEncryptedStorage,
  createMemoryStorage,
  createWatchCache,
  type EncryptionConfiguration,
  type Storage,
} from '../../src/storage/index.ts';
import { storageConformance, type StorageOptions, type StorageUnderTest } from './storage.ts';

const log = silentLogger;

async function running(storage: Storage & Runnable): Promise<StorageUnderTest> {
  const running = await start([storage]);
  return { storage, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

async function embedded(options: Partial<StorageOptions> & Pick<StorageOptions, 'clock'>): Promise<StorageUnderTest> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'koinon-storage-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const { storage } = stack.use(await running(createEmbeddedStorage({ ...options, directory, log })));
  const kept = stack.move();
  return { storage, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

storageConformance('memory storage', async (options) => ({
  storage: createMemoryStorage(options),
  [Symbol.asyncDispose]: async () => undefined,
}));

storageConformance('embedded storage', embedded);

storageConformance('watch cache over memory storage', (options) =>
  running(createWatchCache(createMemoryStorage({ clock: options.clock }), { ...options, log })),
);

storageConformance('watch cache over embedded storage', async (options) => {
  await using stack = new AsyncDisposableStack();
  const inner = stack.use(await embedded({ clock: options.clock }));
  const { storage } = stack.use(await running(createWatchCache(inner.storage, { ...options, log })));
  const kept = stack.move();
  return { storage, [Symbol.asyncDispose]: () => kept.disposeAsync() };
});

storageConformance('watch cache with a short memory', (options) => {
  const inner = createMemoryStorage({ clock: options.clock });
  return running(createWatchCache(inner, { ...options, log, history: { events: 3, bytes: 1e6 } }));
});

const everything: EncryptionConfiguration = {
  resources: [
    { resources: ['*.*'], providers: [{ type: 'aesgcm', keys: [{ name: 'k', secret: Buffer.alloc(32, 7) }] }] },
  ],
};

storageConformance('encrypted storage over memory storage', async (options) => ({
  storage: createEncryptedStorage(createMemoryStorage(options), everything),
  [Symbol.asyncDispose]: async () => undefined,
}));

storageConformance('watch cache over encrypted embedded storage', async (options) => {
  await using stack = new AsyncDisposableStack();
  const inner = stack.use(await embedded({ clock: options.clock, watchBuffer: options.watchBuffer }));
  const encrypted = createEncryptedStorage(inner.storage, everything);
  const { storage } = stack.use(await running(createWatchCache(encrypted, { ...options, log })));
  const kept = stack.move();
  return { storage, [Symbol.asyncDispose]: () => kept.disposeAsync() };
});
