import { silentLogger, start, systemClock } from '../../component-base/index.ts';
import { isStorageError } from '../storage.ts';
import { createEmbeddedStorage } from './embedded-storage.ts';
/** Writes until well after nothing can be written any more, and prints what came of it. */
const [directory = ''] = process.argv.slice(2);
const storage = createEmbeddedStorage({ directory, clock: systemClock, log: silentLogger });
const running = await start([storage]);
const count = { written: 0, refused: 0 };
const codes = new Set();
for (let round = 0; round < 20; round++) {
    const writes = Array.from({ length: 4 }, (_, i) => storage.create(`/${round}/${i}`, Buffer.alloc(50_000, round)));
    for (const result of await Promise.allSettled(writes)) {
        if (result.status === 'fulfilled')
            count.written++;
        else {
            count.refused++;
            codes.add(isStorageError(result.reason) ? result.reason.code : String(result.reason));
        }
    }
}
const readable = (await storage.list('')).items.length;
process.stdout.write(JSON.stringify({ ...count, codes: [...codes], readable }));
await running.stop();
