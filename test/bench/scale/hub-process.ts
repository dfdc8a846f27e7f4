import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startFederation } from '../../../federation/control-plane/index.ts';
import { giveBackWhenIdle, silentLogger, start, systemClock } from '../../../src/component-base/index.ts';
import { createEmbeddedStorage, createWatchCache } from '../../../src/storage/index.ts';

const COLLECTIONS = 3;
const COLLECTED_MS = 500;

type FederationServing = NonNullable<Parameters<typeof startFederation>[0]['serving']>;

/** A federation control plane without DNS. Tells its address to the process that forked it, and what it holds when asked. */
process.once('message', (serving: FederationServing) => {
  process.on('message', () => void heldMb().then((mb) => process.send?.({ heldMb: mb })));
  void serve(serving);
});
process.on('disconnect', () => process.exit());

/** What is left after collections: what one has found to be gone lets go of more, and memory outside the heap, a little later. */
async function heldMb(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // @NOTE what the flag puts there
  for (let time = 0; time < COLLECTIONS; time++) {
    collect();
    await systemClock.sleep(COLLECTED_MS);
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

async function serve(serving: FederationServing): Promise<void> {
  const [directory = ''] = process.argv.slice(2);
  const clock = systemClock;
  const log = silentLogger;
  const embedded = createEmbeddedStorage({ directory, clock, log });
  const storage = createWatchCache(embedded, { clock, log });
  await start([embedded, storage]);
  const federation = await startFederation({ name: 'bench', dnsDomain: 'example.com', storage, serving, clock, log });
  giveBackWhenIdle({ clock });
  process.send?.({ url: federation.url });
}
