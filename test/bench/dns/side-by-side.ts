import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { C_CALLERS } from '../../../src/component-base/index.ts';
import { startBind } from '../../harness/bind.ts';
import { startKnot } from '../../harness/knot.ts';
import { startNsd } from '../../harness/nsd.ts';
import { startPowerDns } from '../../harness/powerdns.ts';
import type { Figure, Section } from '../report.ts';
import { load, type Load } from './dnsperf.ts';
import { startEcho, startOwn, type DnsUnderTest } from './own-server.ts';
import { steady } from './steady.ts';
import { masterFile, questions, questionsOfSubnets, ZONE } from './workload.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const ROUNDS = 5;
const runBy = ['taskset', '-c', '0'];

interface Contender {
  readonly start: () => Promise<DnsUnderTest>;
  readonly ask: (server: DnsUnderTest) => Promise<Load>;
}

/** Our server and four others, one after the other, each alone on one core with the same zone and questions. */
export async function dnsSideBySide(): Promise<Section> {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-bench-dns-'));
  try {
    const file = join(directory, 'questions');
    const subnets = join(directory, 'subnets');
    await writeFile(file, questions());
    await writeFile(subnets, questionsOfSubnets());
    const zones = [{ name: ZONE, text: masterFile() }];
    const plainly = (start: Contender['start']): Contender => ({ start, ask: (server) => warmLoad(server, file) });
    const contenders: Readonly<Record<string, Contender>> = {
      [BATCHED]: plainly(() => startOwn({ batchedBy: ['koffi'] })),
      [BY_NODE]: plainly(() => startOwn({ batchedBy: ['node:ffi'] })),
      [PORTABLE]: plainly(() => startOwn({ batchedBy: [] })),
      [GUARDED]: plainly(() => startOwn({ batchedBy: C_CALLERS, guarded: true })),
      [NEAREST]: {
        start: () => startOwn({ batchedBy: C_CALLERS, policy: 'nearest' }),
        ask: (server) => warmLoad(server, subnets, '-B'),
      },
      Knot: plainly(() => startKnot({ zones, runBy })),
      NSD: plainly(() => startNsd({ zones, runBy })),
      PowerDNS: plainly(() => startPowerDns({ zones, runBy })),
      [ECHO]: plainly(startEcho),
      BIND: plainly(() => startBind({ zones, runBy, args: ['-n', '1'] })),
    };
    const loads = await inRounds(contenders);
    return {
      title: 'DNS servers side by side',
      method: `UDP on loopback, each server on one core, dnsperf on the other for ${SECONDS} s: 80 % addresses, 10 % chains of two CNAMEs, 5 % names and 5 % types that are not there. Medians of ${ROUNDS} rounds. Beside the fastest it is the core of dnsperf that is full first, so they are compared by what a query costs them. BIND takes in and sends some twenty packets with one call, koinon up to 64. Packet by packet is for systems that have no such calls: Node’s own sockets take one for each packet in and one for each out, and no server on them is faster than the process that only sends questions back.`,
      figures: [
        ...[...loads].map(([what, load]) => figureOf(what, load)),
        against(loads, BATCHED, { other: 'Knot', atLeast: 1 }),
        against(loads, BY_NODE, { other: 'Knot' }),
        against(loads, BY_NODE, { other: 'BIND', atLeast: 1.15 }),
        against(loads, GUARDED, { other: BATCHED, atLeast: 0.8 }),
        against(loads, NEAREST, { other: 'Knot', atLeast: 0.8 }),
        against(loads, PORTABLE, { other: ECHO }),
        against(loads, PORTABLE, { other: 'BIND' }),
        await steady(subnets, join(directory, 'zones')),
      ],
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

const BATCHED = 'koinon, batches of packets by koffi';
const BY_NODE = 'koinon, batches of packets without koffi, by node:ffi';
const PORTABLE = 'koinon, packet by packet';
const GUARDED = 'koinon, by a list of addresses and limits of rates';
const ECHO = 'Node, questions sent back packet by packet';
const NEAREST = 'koinon, the nearest of three by EDNS client subnet';

/** Of each the round in the middle. */
async function inRounds(contenders: Readonly<Record<string, Contender>>): Promise<ReadonlyMap<string, Load>> {
  const rounds = new Map(Object.keys(contenders).map((what) => [what, [] as Load[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [what, { start, ask }] of Object.entries(contenders)) {
      await using server = await start();
      rounds.get(what)?.push(await ask(server));
    }
  }
  return new Map(
    [...rounds].flatMap(([what, loads]) => {
      const middle = loads.toSorted((a, b) => a.cpuMicroseconds - b.cpuMicroseconds)[Math.floor(loads.length / 2)];
      return middle === undefined ? [] : [[what, middle] as const];
    }),
  );
}

interface Against {
  readonly other: string;
  readonly atLeast?: number;
}

function against(loads: ReadonlyMap<string, Load>, what: string, { other, atLeast }: Against): Figure {
  const ratio = (loads.get(other)?.cpuMicroseconds ?? NaN) / (loads.get(what)?.cpuMicroseconds ?? NaN);
  return {
    what: `${what}: answers for the same CPU against ${other}`,
    value: `${ratio.toFixed(2)} ×`,
    ...(atLeast !== undefined && { goal: `≥ ${atLeast} ×`, met: ratio >= atLeast }),
  };
}

async function warmLoad({ port, pid }: DnsUnderTest, file: string, ...args: string[]): Promise<Load> {
  await load({ port, pid, file, args, seconds: 3 });
  return load({ port, pid, file, args, seconds: SECONDS });
}

function figureOf(what: string, { perSecond, cpuMicroseconds, lost, meanMs }: Load): Figure {
  const cpu = `${cpuMicroseconds.toFixed(1)} µs CPU a query`;
  return { what, value: `${perSecond}/s, ${cpu}, ${lost} lost, mean ${meanMs.toFixed(1)} ms` };
}
