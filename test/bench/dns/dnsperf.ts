import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { dnsProgram } from '../../harness/dns-servers.ts';

export interface LoadOptions {
  readonly port: number;
  /** Of questions, as dnsperf reads them. */
  readonly file: string;
  readonly seconds: number;
  /** Whose CPU is counted, with that of the processes it started. */
  readonly pid: number;
  readonly args?: readonly string[];
}

export interface Load {
  readonly perSecond: number;
  readonly lost: number;
  readonly meanMs: number;
  readonly cpuMicroseconds: number;
}

/** dnsperf on the second core asks for `seconds`; what came of it, and what a query cost the server. */
export async function load({ port, file, seconds, pid, args = [] }: LoadOptions): Promise<Load> {
  const { program, env } = dnsProgram('dnsperf');
  const common = ['-s', '127.0.0.1', '-p', String(port), '-d', file, '-c', '8', '-q', '200', '-l', String(seconds)];
  const before = cpuMs(pid);
  const { stdout } = await promisify(execFile)('taskset', ['-c', '1', program, ...common, ...args], { env });
  const cpu = cpuMs(pid) - before;
  const found = (label: string) => Number(new RegExp(`${label}:\\s+([\\d.]+)`).exec(stdout)?.[1] ?? NaN);
  const completed = found('Queries completed');
  return {
    perSecond: Math.round(found('Queries per second')),
    lost: found('Queries lost'),
    meanMs: found('Average Latency \\(s\\)') * 1000,
    cpuMicroseconds: (cpu * 1000) / completed,
  };
}

const TICK_MS = 10;

/** CPU that a process and its children have used so far. */
function cpuMs(pid: number): number {
  const parents = new Map<number, number>();
  const used = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const fields = statOf(entry);
    if (fields === undefined) continue;
    parents.set(Number(entry), Number(fields[1]));
    used.set(Number(entry), (Number(fields[11]) + Number(fields[12])) * TICK_MS);
  }
  let sum = 0;
  for (const [candidate, ms] of used) {
    let at: number | undefined = candidate;
    while (at !== undefined && at !== pid) at = parents.get(at);
    if (at === pid) sum += ms;
  }
  return sum;
}

/** What proc(5) says of a process behind its name; undefined when it has ended. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
