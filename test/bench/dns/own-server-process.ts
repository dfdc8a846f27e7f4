import { createLocalDns } from '../../../dns/provider/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../../src/component-base/index.ts';
import { nearestSets, places, recordSets, ZONE } from './workload.ts';

/**
 * Our DNS server and nothing else, with the zone of the workload; `batched` or `portable`, `all` or `nearest`. Tells its
 * port to the process that forked it.
 */
process.on('disconnect', () => process.exit());

const [io, policy] = process.argv.slice(2);
const dns = createLocalDns({
  zones: [{ name: ZONE }],
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
