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
  const before = cpuMs(pid);
  const stdout = await dnsperf(port, ['-d', file, '-q', '200', '-l', String(seconds), ...args]);
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

export interface Steady {
  readonly lost: number;
  readonly tookMs: readonly number[];
}

/** dnsperf on the second core asks `perSecond` questions; how long each took. */
export async function steadyLoad(
  { port, file, seconds, args = [] }: Omit<LoadOptions, 'pid'>,
  perSecond: number,
): Promise<Steady> {
  const limits = ['-Q', String(perSecond), '-q', String(perSecond), '-l', String(seconds), '-t', '1', '-v'];
  const stdout = await dnsperf(port, ['-d', file, ...limits, ...args]);
  const tookMs = [...stdout.matchAll(/^> [A-Z].* (\d+\.\d+)$/gm)].map(([, took]) => Number(took) * 1000);
  return { lost: Number(/Queries lost:\s+(\d+)/.exec(stdout)?.[1] ?? NaN), tookMs };
}

async function dnsperf(port: number, args: readonly string[]): Promise<string> {
  const { program, env } = dnsProgram('dnsperf');
  const all = ['-c', '1', program, '-s', '127.0.0.1', '-p', String(port), '-c', '8', ...args];
  const { stdout } = await promisify(execFile)('taskset', all, { env, maxBuffer: 1 << 28 });
  return stdout;
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
