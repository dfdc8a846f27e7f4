import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalDns, type RecordSet } from '../../dns/provider/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../src/component-base/index.ts';
import { load } from './dns/dnsperf.ts';
import { quantile, times, type Figure, type Section } from './report.ts';

const SERVICES = 1000;
const SECONDS = 5;
const APPLIES = 200;

/** Our DNS server alone, asked by dnsperf beside it; and how long a change of its zone takes. */
export async function dnsThroughput(): Promise<Section> {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-bench-dns-'));
  try {
    const dns = createLocalDns({
      directory,
      zones: [{ name: 'example.com' }],
      host: '127.0.0.1',
      port: 0,
      clock,
      log,
    });
    await using _running = await start([dns]);
    const zone = await dns.zone('example.com');
    const names = Array.from({ length: SERVICES }, (_, i) => `s${i}.default.myfederation.svc.example.com`);
    await zone.apply({ upsert: names.map((name) => addresses(name, 4)), remove: [] });

    const figures: Figure[] = [];
    const hits = join(directory, 'hits');
    const misses = join(directory, 'misses');
    await writeFile(hits, names.map((name) => `${name} A\n`).join(''));
    await writeFile(misses, names.map((name) => `${name}.default.svc.cluster.local.example.com A\n`).join(''));
    figures.push(await rate('addresses of 1,000 services', dns.address.port, hits));
    figures.push(await rate('names that are not there', dns.address.port, misses));

    const latencies: number[] = [];
    for (let i = 0; i < APPLIES; i++) {
      const began = performance.now();
      await zone.apply({ upsert: [addresses(names[i % SERVICES] ?? 'x', 1 + (i % 3))], remove: [] });
      latencies.push(performance.now() - began);
    }
    const met = quantile(latencies, 0.99) <= 50;
    figures.push(times('a change, durable and served', latencies, { text: 'p99 ≤ 50 ms', met }));
    return {
      title: 'DNS server',
      method: `UDP on loopback; one process answers, dnsperf asks beside it for ${SECONDS} s; a zone of ${SERVICES} services with four addresses each.`,
      figures,
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function addresses(name: string, count: number): RecordSet {
  const data = Array.from({ length: count }, (_, i) => `127.${i + 1}.200.1`);
  return { name, type: 'A', ttlSeconds: 180, data };
}

async function rate(what: string, port: number, file: string): Promise<Figure> {
  const { perSecond, lost, meanMs } = await load({ port, file, seconds: SECONDS, pid: process.pid });
  return { what, value: `${perSecond}/s, ${lost} lost, mean ${meanMs.toFixed(1)} ms` };
}
