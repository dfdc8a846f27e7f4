import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FakeClock, systemClock } from '../component-base/index.ts';
import { fileChanges } from './file-changes.ts';

it('sees a file that is written, and one that is put in its place', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-changes-'));
  const file = join(directory, 'file');
  await writeFile(file, 'one');
  const stopped = new AbortController();
  const changes = fileChanges(file, { clock: systemClock, signal: stopped.signal });
  const first = changes.next();
  await writeFile(file, 'two');
  expect((await first).done).toBe(false);
  const second = changes.next();
  await writeFile(`${file}.new`, 'three');
  await rename(`${file}.new`, file);
  expect((await second).done).toBe(false);
  const last = changes.next();
  stopped.abort();
  expect((await last).done).toBe(true);
  await rm(directory, { recursive: true });
});

it('looks once a minute though nothing is heard', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-changes-'));
  const clock = new FakeClock();
  const changes = fileChanges(join(directory, 'file'), { clock, signal: new AbortController().signal });
  const next = changes.next();
  await clock.advance(60_000);
  await clock.advance(100);
  expect((await next).done).toBe(false);
  await changes.return(undefined);
  await rm(directory, { recursive: true });
});
