import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { createRemoteClient, type ClientCredentials } from '../../../src/client/index.ts';
import { silentLogger as log, start, systemClock as clock, type Runnable } from '../../../src/component-base/index.ts';
import {
  createEmbeddedStorage,
  createEtcdStorage,
  createWatchCache,
  type Storage,
} from '../../../src/storage/index.ts';
import { startTestApiServer } from '../../harness/api-server.ts';
import { createTestCertificates } from '../../harness/certificates.ts';
import { EtcdCluster, withoutEtcd } from '../../harness/etcd.ts';
import { clientConformance, type ClientFactory } from '../client.ts';
import { clientResources, type ClientTestTraits } from '../client/fixture.ts';

/** What is promised of the API does not depend on where its objects are stored; `client.test.ts` has them in memory. */

const certificates = await createTestCertificates();
const strangerCredentials = await certificates.issue('stranger');
const skip = withoutEtcd();
const running: { etcd?: EtcdCluster; forgetful?: EtcdCluster; turn: Promise<unknown> } = { turn: Promise.resolve() };
const stranger = { username: 'stranger', groups: [] };

beforeAll(async () => {
  if (skip !== false) return;
  const [etcd, forgetful] = await Promise.all([EtcdCluster.start(), EtcdCluster.start()]);
  Object.assign(running, { etcd, forgetful });
});

afterAll(async () => {
  await running.etcd?.[Symbol.asyncDispose]();
  await running.forgetful?.[Symbol.asyncDispose]();
});

type StorageFactory = (stack: AsyncDisposableStack, traits: ClientTestTraits) => Promise<Storage>;

async function cached(inner: Storage & Runnable, stack: AsyncDisposableStack): Promise<Storage> {
  stack.use(await start([inner]));
  const cache = createWatchCache(inner, { clock, log });
  stack.use(await start([cache]));
  return cache;
}

const embedded: StorageFactory = async (stack) => {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-api-'));
  stack.defer(() => rm(directory, { recursive: true }));
  return cached(createEmbeddedStorage({ directory, clock, log }), stack);
};

/** Each test has a part of the one etcd; those that make it forget take turns at another. */
const etcd: StorageFactory = async (stack, { forgets = false }) => {
  const cluster = forgets ? running.forgetful : running.etcd;
  if (cluster === undefined) throw new TypeError('etcd is not running');
  if (forgets) await turn(stack);
  return cached(createEtcdStorage(cluster.options(`/${randomUUID()}`)), stack);
};

async function turn(stack: AsyncDisposableStack): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  const before = running.turn;
  running.turn = over;
  stack.defer(() => {
    resolve(undefined);
  });
  await before;
}

type Transport = 'in process' | 'over HTTPS';

function underTest(factory: StorageFactory, transport: Transport): ClientFactory {
  return async (traits) => {
    await using stack = new AsyncDisposableStack();
    const storage = await factory(stack, traits);
    const namespaces = ['default', 'other'];
    const listen = transport === 'over HTTPS';
    const options = { resources: clientResources, namespaces, storage, listen, certificates };
    const server = stack.use(await startTestApiServer(options));
    const connect = (credentials: ClientCredentials) =>
      stack.use(createRemoteClient({ server: server.url, ca: certificates.ca, credentials }));
    const clients = listen
      ? { client: connect(certificates.admin), stranger: connect(strangerCredentials) }
      : { client: server.admin, stranger: server.client(stranger) };
    const kept = stack.move();
    return {
      ...clients,
      compact: async () => storage.compact(await storage.currentRevision()),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  };
}

const transports: readonly Transport[] = ['in process', 'over HTTPS'];

describe.concurrent.each(transports)('%s', (transport) => {
  clientConformance('watch cache over embedded storage', underTest(embedded, transport));
  describe.skipIf(skip !== false)(`watch cache over etcd${skip === false ? '' : `: ${skip}`}`, () => {
    clientConformance('etcd storage', underTest(etcd, transport));
  });
});
