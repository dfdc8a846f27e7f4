import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CCaller } from '../../../src/component-base/index.ts';

export interface DnsUnderTest extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

export interface OwnServer extends DnsUnderTest {
  /** From now on. */
  changeZone(changesPerSecond: number): void;
}

export interface OwnServerOptions {
  /** As of `DnsServerOptions`. */
  readonly batchedBy: readonly CCaller[];
  /** By lists of addresses and limits of rates, which let everybody through. */
  readonly guarded?: boolean;
  readonly policy?: 'all' | 'nearest';
  /** Where the zone is kept; in memory alone when absent. */
  readonly directory?: string;
}

/** A process of `own-server-process.ts` on the first core. */
export async function startOwn(options: OwnServerOptions): Promise<OwnServer> {
  const child = forkOn(0, 'own-server-process.ts', [JSON.stringify(options)]);
  return {
    ...(await serverOf(child)),
    changeZone: (changesPerSecond) => {
      child.send({ changesPerSecond });
    },
  };
}

/** A process of `echo-process.ts` on the first core. */
export const startEcho = (): Promise<DnsUnderTest> => serverOf(forkOn(0, 'echo-process.ts', []));

async function serverOf(child: ChildProcess): Promise<DnsUnderTest> {
  // @NOTE the first message of those processes.
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

export function forkOn(core: number, script: string, args: readonly string[]): ChildProcess {
  return fork(join(import.meta.dirname, script), [...args], {
    execPath: 'taskset',
    execArgv: ['-c', String(core), process.execPath],
  });
}
