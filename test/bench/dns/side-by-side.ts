import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBind } from '../../harness/bind.ts';
import { startKnot } from '../../harness/knot.ts';
import { startNsd } from '../../harness/nsd.ts';
import { startPowerDns } from '../../harness/powerdns.ts';
import type { Figure, Section } from '../report.ts';
import { load, type Load } from './dnsperf.ts';
import { masterFile, questions, ZONE } from './workload.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const runBy = ['taskset', '-c', '0'];

interface Running extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

/** Our server and four others, one after the other, each alone on one core with the same zone and questions. */
export async function dnsSideBySide(): Promise<Section> {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-bench-dns-'));
  try {
    const file = join(directory, 'questions');
    await writeFile(file, questions());
    const zones = [{ name: ZONE, text: masterFile() }];
    const servers: Readonly<Record<string, () => Promise<Running>>> = {
      'koinon, batches of packets': () => startOwn('batched'),
      'koinon, packet by packet': () => startOwn('portable'),
      Knot: () => startKnot({ zones, runBy }),
      NSD: () => startNsd({ zones, runBy }),
      PowerDNS: () => startPowerDns({ zones, runBy }),
      BIND: () => startBind({ zones, runBy, args: ['-n', '1'] }),
    };
    const figures: Figure[] = [];
    for (const [what, startServer] of Object.entries(servers)) {
      await using server = await startServer();
      await load({ port: server.port, pid: server.pid, file, seconds: 1 });
      figures.push(figureOf(what, await load({ port: server.port, pid: server.pid, file, seconds: SECONDS })));
    }
    return {
      title: 'DNS servers side by side',
      method: `UDP on loopback, each server on one core, dnsperf on the other for ${SECONDS} s: 80 % addresses, 10 % chains of two CNAMEs, 5 % names and 5 % types that are not there.`,
      figures,
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function figureOf(what: string, { perSecond, cpuMicroseconds, lost, meanMs }: Load): Figure {
  const cpu = `${cpuMicroseconds.toFixed(1)} µs CPU a query`;
  return { what, value: `${perSecond}/s, ${cpu}, ${lost} lost, mean ${meanMs.toFixed(1)} ms` };
}

async function startOwn(io: 'batched' | 'portable'): Promise<Running> {
  const script = join(import.meta.dirname, 'own-server-process.ts');
  const child: ChildProcess = fork(script, [io], {
    execPath: 'taskset',
    execArgv: ['-c', '0', process.execPath],
  });
  // @NOTE the first message of that process.
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
