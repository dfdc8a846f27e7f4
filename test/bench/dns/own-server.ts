import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface DnsUnderTest extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

export interface OwnServer extends DnsUnderTest {
  /** From now on. */
  changeZone(changesPerSecond: number): void;
}

export interface OwnServerOptions {
  readonly io: 'batched' | 'portable';
  readonly policy?: 'all' | 'nearest';
  /** Where the zone is kept; in memory alone when absent. */
  readonly directory?: string;
}

/** A process of `own-server-process.ts` on the first core. */
export async function startOwn({ io, policy = 'all', directory = '' }: OwnServerOptions): Promise<OwnServer> {
  const child = forkOn(0, 'own-server-process.ts', [io, policy, directory]);
  // @NOTE the first message of that process.
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    pid: child.pid ?? 0,
    changeZone: (changesPerSecond) => {
      child.send({ changesPerSecond });
    },
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
