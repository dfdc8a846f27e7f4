import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { quantile } from './report.ts';

const run = promisify(execFile);

export interface Load {
  readonly url: string;
  readonly token: string;
  /** Under way at once, over one connection as client-go has it. */
  readonly streams: number;
  readonly seconds: number;
  /** Of POST requests, in JSON; GET when absent. */
  readonly body?: unknown;
}

export interface Measured {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

export const hasH2load = () => spawnSync('h2load', ['--version']).error === undefined;

/** What nghttp2's load generator measures. Throws unless every answer is a success. */
export async function h2load({ url, token, streams, seconds, body }: Load): Promise<Measured> {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-h2load-'));
  const [log, data] = [join(directory, 'requests'), join(directory, 'body')];
  try {
    const args = ['-c1', '-t1', `-m${streams}`, `-D${seconds}`, '--warm-up-time=0', `--log-file=${log}`];
    args.push('-H', `authorization: Bearer ${token}`, '-H', 'content-type: application/json');
    if (body !== undefined) {
      await writeFile(data, JSON.stringify(body));
      args.push('-d', data);
    }
    const { stdout } = await run('h2load', [...args, url], { timeout: (seconds + 30) * 1000 });
    return measured(await readFile(log, 'utf8'), stdout, seconds);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A line of the log: microseconds since 1970, the status, microseconds to the end of the answer. */
function measured(log: string, told: string, seconds: number): Measured {
  const answers = log
    .trim()
    .split('\n')
    .map((line) => line.split('\t').map(Number))
    .map(([, status = 0, microseconds = 0]) => ({ status, ms: microseconds / 1000 }));
  const refused = answers.filter(({ status }) => status < 200 || status > 299);
  if (answers.length < 2 || refused.length > 0)
    throw new Error(`${refused.length} of ${answers.length} failed: ${told}`);
  const times = answers.map(({ ms }) => ms);
  return { perSecond: answers.length / seconds, medianMs: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}
