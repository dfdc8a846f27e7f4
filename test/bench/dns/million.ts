import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ms, quantile, times, type Section } from '../report.ts';

interface Measured {
  readonly loadMs: number;
  readonly bytes: number;
  readonly changesMs: readonly number[];
}

const MAX_LOAD_MS = 10_000;
const MAX_BYTES = 1024 ** 3;
const MAX_CHANGE_MS = 10;

/** A zone of a million records, found on disk by a server that starts. */
export async function dnsMillion(): Promise<Section> {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-bench-million-'));
  try {
    await ended(forked('make', directory));
    const measuring = forked('measure', directory);
    const told = once(measuring, 'message');
    await ended(measuring);
    // @NOTE the only message of that process, sent before it ended.
    const [{ loadMs, bytes, changesMs }] = (await told) as [Measured];
    const p99 = quantile(changesMs, 0.99);
    return {
      title: 'A zone of a million records',
      method:
        '500,000 names with an address and as many aliases, in a process of their own, from disk; then single changes, the first of them while its log is written anew, each from the moment it is handed over until it is on disk and a question over UDP is answered by it.',
      figures: [
        { what: 'loading', value: ms(loadMs), goal: `≤ ${MAX_LOAD_MS / 1000} s`, met: loadMs <= MAX_LOAD_MS },
        { what: 'memory', value: `${Math.round(bytes / 1024 ** 2)} MB`, goal: '≤ 1 GB', met: bytes <= MAX_BYTES },
        times('a change, durable and answered', changesMs, {
          text: `p99 ≤ ${MAX_CHANGE_MS} ms`,
          met: p99 <= MAX_CHANGE_MS,
        }),
      ],
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

const forked = (task: string, directory: string) =>
  fork(join(import.meta.dirname, 'million-process.ts'), [task, directory]);

async function ended(child: ReturnType<typeof fork>): Promise<void> {
  // @NOTE 'exit' carries the code first.
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the process with a million records ended with ${String(code)}`);
}
