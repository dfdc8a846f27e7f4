import { createLocalDns, type RecordSet } from '../../../dns/provider/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../../src/component-base/index.ts';
import { DnsAsker } from '../dns-question.ts';

/**
 * Our DNS server with a zone of a million records in `directory`: `make` publishes them and ends, `measure` tells the
 * process that forked it how long loading takes, what memory it takes, and how soon changes are answered.
 */
const SERVICES = 500_000;
const BATCH = 10_000;
const CHANGES = 3000;

const [task, directory = ''] = process.argv.slice(2);
const began = performance.now();
const dns = createLocalDns({ directory, zones: [{ name: 'example.com' }], host: '127.0.0.1', port: 0, clock, log });
await using _running = await start([dns]);
const zone = await dns.zone('example.com');
if (task === 'make') {
  for (let from = 0; from < SERVICES; from += BATCH) {
    const upsert = Array.from({ length: BATCH }, (_, at) => recordsOf(from + at)).flat();
    await zone.apply({ upsert, remove: [] });
  }
} else {
  const loadMs = performance.now() - began;
  process.send?.({ loadMs, bytes: process.memoryUsage.rss(), changesMs: await changesMs() });
}
process.disconnect?.();

/** From the moment a change is handed over until a question is answered by it. */
async function changesMs(): Promise<readonly number[]> {
  using asker = new DnsAsker(dns.address.port);
  const took: number[] = [];
  for (let i = 0; i < CHANGES; i++) {
    const name = nameOf(i * 997);
    const address = `192.0.2.${(i % 250) + 1}`;
    const from = performance.now();
    await zone.apply({ upsert: [{ name, type: 'A', ttlSeconds: 180, data: [address] }], remove: [] });
    const answered = await asker.addresses(name);
    took.push(performance.now() - from);
    if (answered?.[0] !== address) throw new Error(`${name} was answered with ${String(answered)}`);
  }
  return took;
}

function nameOf(service: number): string {
  return `s${service}.ns${service % 1000}.myfederation.svc.example.com`;
}

/** Two records a service: an address, and an alias to it. */
function recordsOf(service: number): RecordSet[] {
  const name = nameOf(service);
  const address = `10.${service >> 16}.${(service >> 8) & 255}.${service & 255}`;
  return [
    { name, type: 'A', ttlSeconds: 180, data: [address] },
    { name: name.replace('.example.', '.eu.example.'), type: 'CNAME', ttlSeconds: 180, data: [name] },
  ];
}
