import { typeTable, configMaps, deployments, namespaces, pods, secrets, services } from '../../src/apis/index.ts';
import { createApiServer, parseTokenFile, tokenFileAuthenticator } from '../../src/apiserver/index.ts';
import { createMetrics, giveBackWhenIdle, silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createEmbeddedStorage, createWatchCache } from '../../src/storage/index.ts';

/** An API server and nothing else, over TLS, on embedded storage. Tells its address to the process that forked it. */
process.once('message', (serving: Parameters<ReturnType<typeof createApiServer>['listener']>[0]) => {
  void serve(serving);
});

async function serve(serving: Parameters<ReturnType<typeof createApiServer>['listener']>[0]): Promise<void> {
  const [directory = '', token = ''] = process.argv.slice(2);
  const clock = systemClock;
  const log = silentLogger;
  const embedded = createEmbeddedStorage({ directory, clock, log });
  const storage = createWatchCache(embedded, { clock, log });
  await start([embedded, storage]);
  const resources = [namespaces, configMaps, secrets, services, pods, deployments];
  const users = parseTokenFile(`${token},load,1,"system:masters"`);
  const authenticators = () => [tokenFileAuthenticator(users)];
  const metrics = createMetrics();
  const server = createApiServer({ resources, storage, types: typeTable, authenticators, clock, log, metrics });
  const listener = server.listener(serving);
  await start([listener]);
  giveBackWhenIdle({ clock });
  process.send?.({ url: listener.url });
}
