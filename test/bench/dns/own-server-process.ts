import { createLocalDns } from '../../../dns/provider/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../../src/component-base/index.ts';
import { recordSets, ZONE } from './workload.ts';

/** Our DNS server and nothing else, with the zone of the workload. Tells its port to the process that forked it. */
process.on('disconnect', () => process.exit());

const batched = process.argv[2] === 'batched';
const dns = createLocalDns({ zones: [{ name: ZONE }], host: '127.0.0.1', port: 0, batched, clock, log });
await start([dns]);
const zone = await dns.zone(ZONE);
await zone.apply({ upsert: recordSets(), remove: [] });
process.send?.({ port: dns.address.port });
