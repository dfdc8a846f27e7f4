import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createEmbeddedStorage } from '../../src/storage/index.ts';
import { LAST_STEP, valueOf } from './crash-steps.ts';

/**
 * Writes until it is killed, with a history so short that it is compacted all the time. Prints a line for each write
 * that was acknowledged: its revision, its key and the step of the key's life.
 */
const [directory = '', round = '0'] = process.argv.slice(2);
const WRITERS = 20;
const storage = createEmbeddedStorage({ directory, clock: systemClock, log: silentLogger, historyRevisions: 300 });
await using _running = await start([storage]);

/** Keys are created, changed a few times and deleted, one after the other. */
async function write(writer: number): Promise<void> {
  for (let life = 0; ; life++) {
    const key = `/${round}/${writer}/${life}`;
    let { modRevision } = await storage.create(key, valueOf(key, 0));
    acknowledged(modRevision, key, 0);
    for (let step = 1; step < LAST_STEP; step++) {
      ({ modRevision } = await storage.update(key, valueOf(key, step), modRevision));
      acknowledged(modRevision, key, step);
    }
    if (life % 2 === 0) acknowledged(await storage.delete(key, modRevision), key, LAST_STEP);
  }
}

function acknowledged(revision: number, key: string, step: number): void {
  process.stdout.write(`${revision} ${key} ${step}.\n`);
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
