import { Etcd3 } from 'etcd3';
import { start, systemClock } from '../../src/component-base/index.ts';
import { createEtcdStorage, createWatchCache, type Storage } from '../../src/storage/index.ts';
import { EtcdCluster, withoutEtcd } from '../harness/etcd.ts';
import type { Section } from './report.ts';

const CALLERS = [1, 16, 64];
const MEASURE_MS = 2_000;
const VALUE = Buffer.alloc(1024, 'x');
const clock = systemClock;

/** Calls a second of so many callers, each of which waits for its answer. */
async function callsPerSecond(callers: number, call: (id: string) => Promise<unknown>): Promise<number> {
  const began = clock.now();
  const counts = await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      let count = 0;
      for (; clock.now() < began + MEASURE_MS; count++) await call(`${callers}-${caller}-${count}`);
      return count;
    }),
  );
  return Math.round((counts.reduce((a, b) => a + b) * 1000) / (clock.now() - began));
}

interface Calls {
  readonly name: string;
  readonly create: (id: string) => Promise<unknown>;
  readonly get: (id: string) => Promise<unknown>;
}

const callsOf = (name: string, storage: Storage): Calls => ({
  name,
  create: (id) => storage.create(`/registry/${name.replaceAll(' ', '-')}/${id}`, VALUE),
  get: () => storage.get('/registry/one'),
});

/** Storage on an etcd of one member in a process beside this one, and another client of the same etcd. */
export async function etcdThroughput(): Promise<Section> {
  const missing = withoutEtcd();
  if (missing !== false) throw new Error(missing);
  await using etcd = await EtcdCluster.start();
  const storage = createEtcdStorage(etcd.options());
  const cache = createWatchCache(storage, etcd.options());
  await using _running = await start([storage, cache]);
  await storage.create('/registry/one', VALUE);
  const etcd3 = new Etcd3({ hosts: etcd.endpoints });
  const plain: Calls = {
    name: 'etcd3, puts without a condition',
    create: (id) => etcd3.put(`/plain/${id}`).value(VALUE).exec(),
    get: () => etcd3.get('/registry/one').buffer(),
  };
  const figures: Section['figures'][number][] = [];
  for (const calls of [callsOf('etcd storage', storage), callsOf('watch cache over it', cache), plain]) {
    for (const callers of CALLERS) {
      const creates = await callsPerSecond(callers, calls.create);
      const gets = await callsPerSecond(callers, calls.get);
      figures.push({ what: `${calls.name}, ${callers} callers`, value: `${creates} creates/s, ${gets} gets/s` });
    }
  }
  etcd3.close();
  return {
    title: 'etcd',
    method:
      `One member, its fsync off, in a process beside; values of 1 KB, ${MEASURE_MS / 1000} s each, all gets of one key. ` +
      "To judge by: etcd's own client, as `etcdctl check perf --load=xl` of Debian's etcd-client 3.4.23, reached 5,307 writes/s on such an " +
      'etcd of the same machine. `npm run bench etcd` runs this alone.',
    figures,
  };
}
