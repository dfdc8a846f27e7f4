import { createLocalDns } from '../../../dns/provider/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../../src/component-base/index.ts';
import { addressSet, nearestSets, places, recordSets, SERVICES, serviceName, ZONE } from './workload.ts';

/**
 * Our DNS server and nothing else, with the zone of the workload: `batched` or `portable`, `all` or `nearest`, and the
 * directory where zones are kept. Tells its port to the process that forked it, and begins to change its zone, so many
 * times a second, when it is told to.
 */
process.on('disconnect', () => process.exit());
process.on('message', ({ changesPerSecond }: { readonly changesPerSecond: number }) => {
  void change(1000 / changesPerSecond);
});

const [io, policy, directory = ''] = process.argv.slice(2);
const dns = createLocalDns({
  zones: [{ name: ZONE }],
  ...(directory === '' ? {} : { directory }),
  places: { configured: places() },
  host: '127.0.0.1',
  port: 0,
  batched: io === 'batched',
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
