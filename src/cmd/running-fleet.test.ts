import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { homeAt, prepareHome, tryLock, type Home } from '../../federation/fleet/index.ts';
import { runningFleet } from './running-fleet.ts';

/** A home of its own that goes with the test. */
async function ownHome(): Promise<{ readonly home: Home } & AsyncDisposable> {
  const home = homeAt(await mkdtemp(join(tmpdir(), 'koinon-running-')));
  await prepareHome(home);
  return { home, [Symbol.asyncDispose]: () => rm(home.directory, { recursive: true }) };
}

const soon = () => AbortSignal.timeout(5_000);

it('finds none where none holds the lock', async () => {
  await using own = await ownHome();
  expect(await runningFleet(own.home, soon())).toBeUndefined();
});

it('waits for a supervisor that has the lock and does not listen yet', async () => {
  await using own = await ownHome();
  await using _lock = await tryLock(own.home);
  const found = runningFleet(own.home, soon());
  await using server = createServer((_, res) => {
    res.end('{"ready":false}');
  });
  await once(server.listen(own.home.socket), 'listening');
  expect(await (await found)?.status(soon())).toEqual({ ready: false });
});

it('finds none once a supervisor that has ceased to listen gives the lock back', async () => {
  await using own = await ownHome();
  const lock = await tryLock(own.home);
  const found = runningFleet(own.home, soon());
  await lock?.[Symbol.asyncDispose]();
  expect(await found).toBeUndefined();
});

it('waits no longer than it may', async () => {
  await using own = await ownHome();
  await using _lock = await tryLock(own.home);
  await expect(runningFleet(own.home, AbortSignal.timeout(30))).rejects.toThrow('timeout');
});
