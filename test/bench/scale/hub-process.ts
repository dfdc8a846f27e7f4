import { startFederation } from '../../../federation/control-plane/index.ts';
import { giveBackWhenIdle, silentLogger, start, systemClock } from '../../../src/component-base/index.ts';
import { createEmbeddedStorage, createWatchCache } from '../../../src/storage/index.ts';

type FederationServing = NonNullable<Parameters<typeof startFederation>[0]['serving']>;

/** A federation control plane without DNS. Tells its address to the process that forked it. */
process.once('message', (serving: FederationServing) => {
  void serve(serving);
});
process.on('disconnect', () => process.exit());

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
