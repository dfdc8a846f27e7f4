import { createEmbeddedStorage } from './embedded-storage.ts';
import { silentLogger, start, systemClock } from '../../component-base/index.ts';

/**
 * Writes in bursts until it is killed. Prints a line for each write that was acknowledged: its revision, its key and
 * the number in its value.
 */
const [directory = '', round = '0'] = process.argv.slice(2);
const storage = createEmbeddedStorage({ directory, clock: systemClock, log: silentLogger });
await using _running = await start([storage]);

async function write(writer: number): Promise<void> {
  const key = `/${round}/${writer}`;
  let kv = await storage.create(key, Buffer.from('0'));
  for (let n = 1; ; n++) {
    process.stdout.write(`${kv.modRevision} ${key} ${n - 1}\n`);
    kv = await storage.update(key, Buffer.from(String(n).padEnd(n % 5000, ' ')), kv.modRevision);
  }
}

await Promise.all(Array.from({ length: 20 }, (_, writer) => write(writer)));
