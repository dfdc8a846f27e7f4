import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBind } from '../../harness/bind.ts';
import { startKnot } from '../../harness/knot.ts';
import { startNsd } from '../../harness/nsd.ts';
import { startPowerDns } from '../../harness/powerdns.ts';
import type { Figure, Section } from '../report.ts';
import { load, type Load } from './dnsperf.ts';
import { startOwn, type DnsUnderTest } from './own-server.ts';
import { steady } from './steady.ts';
import { masterFile, questions, questionsOfSubnets, ZONE } from './workload.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const runBy = ['taskset', '-c', '0'];

/** Our server and four others, one after the other, each alone on one core with the same zone and questions. */
export async function dnsSideBySide(): Promise<Section> {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-bench-dns-'));
  try {
    const file = join(directory, 'questions');
    const subnets = join(directory, 'subnets');
    await writeFile(file, questions());
    await writeFile(subnets, questionsOfSubnets());
    const zones = [{ name: ZONE, text: masterFile() }];
    const servers: Readonly<Record<string, () => Promise<DnsUnderTest>>> = {
      'koinon, batches of packets': () => startOwn({ io: 'batched' }),
      'koinon, packet by packet': () => startOwn({ io: 'portable' }),
      Knot: () => startKnot({ zones, runBy }),
      NSD: () => startNsd({ zones, runBy }),
      PowerDNS: () => startPowerDns({ zones, runBy }),
      BIND: () => startBind({ zones, runBy, args: ['-n', '1'] }),
    };
    const figures: Figure[] = [];
    for (const [what, startServer] of Object.entries(servers)) {
      await using server = await startServer();
      figures.push(figureOf(what, await warmLoad(server, file)));
    }
    await using nearest = await startOwn({ io: 'batched', policy: 'nearest' });
    const chosen = await warmLoad(nearest, subnets, '-B');
    figures.push(figureOf('koinon, the nearest of three by EDNS client subnet', chosen));
    figures.push(await steady(subnets, join(directory, 'zones')));
    return {
      title: 'DNS servers side by side',
      method: `UDP on loopback, each server on one core, dnsperf on the other for ${SECONDS} s: 80 % addresses, 10 % chains of two CNAMEs, 5 % names and 5 % types that are not there.`,
      figures,
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function warmLoad({ port, pid }: DnsUnderTest, file: string, ...args: string[]): Promise<Load> {
  await load({ port, pid, file, args, seconds: 3 });
  return load({ port, pid, file, args, seconds: SECONDS });
}

function figureOf(what: string, { perSecond, cpuMicroseconds, lost, meanMs }: Load): Figure {
  const cpu = `${cpuMicroseconds.toFixed(1)} µs CPU a query`;
  return { what, value: `${perSecond}/s, ${cpu}, ${lost} lost, mean ${meanMs.toFixed(1)} ms` };
}
