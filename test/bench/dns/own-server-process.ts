import { AddressList } from '../../../dns/access/index.ts';
import { createLocalDns } from '../../../dns/provider/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../../src/component-base/index.ts';
import type { OwnServerOptions } from './own-server.ts';
import { addressSet, nearestSets, places, recordSets, SERVICES, serviceName, ZONE } from './workload.ts';

/**
 * Our DNS server and nothing else, with the zone of the workload, as `OwnServerOptions` say. Tells its port to the
 * process that forked it, and begins to change its zone, so many times a second, when it is told to.
 */
process.on('disconnect', () => process.exit());
process.on('message', ({ changesPerSecond }: { readonly changesPerSecond: number }) => {
  void change(1000 / changesPerSecond);
});

// @NOTE written by `startOwn`.
const { batchedBy, policy, directory, guarded } = JSON.parse(process.argv[2] ?? '') as OwnServerOptions;
const everybody = new AddressList(['10.0.0.0/8', '127.0.0.0/8']);
const dns = createLocalDns({
  zones: [{ name: ZONE }],
  ...(directory === undefined ? {} : { directory }),
  places: { configured: places() },
  host: '127.0.0.1',
  port: 0,
  batchedBy,
  ...(guarded === true && { access: { query: everybody }, rateLimit: { responsesPerSecond: 1e9, allPerSecond: 1e9 } }),
  clock,
  log,
});
await start([dns]);
const zone = await dns.zone(ZONE);
await zone.apply({ upsert: policy === 'nearest' ? nearestSets() : recordSets(), remove: [] });
process.send?.({ port: dns.address.port });

async function change(everyMs: number): Promise<void> {
  const began = clock.now();
  for (let count = 1; ; count++) {
    await zone.apply({ upsert: [addressSet(serviceName((count * 31) % SERVICES), count)], remove: [] });
    const { promise: waited, resolve } = Promise.withResolvers<undefined>();
    clock.after(Math.max(0, began + count * everyMs - clock.now()), () => {
      resolve(undefined);
    });
    await waited;
  }
}
