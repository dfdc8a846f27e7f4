import { createRemoteClient } from '../../src/client/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { clientConformance } from './client.ts';
import { clientResources } from './client/fixture.ts';

const stranger = { username: 'stranger', groups: [] };

async function startServer(listen: boolean) {
  const storage = createMemoryStorage({ clock: systemClock });
  const server = await startTestApiServer({
    resources: clientResources,
    namespaces: ['default', 'other'],
    storage,
    listen,
  });
  return { server, compact: async () => storage.compact(await storage.currentRevision()) };
}

clientConformance('in-process client', async () => {
  const { server, compact } = await startServer(false);
  return {
    client: server.admin,
    stranger: server.client(stranger),
    compact,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

clientConformance('remote client', async () => {
  await using stack = new AsyncDisposableStack();
  const { server, compact } = await startServer(true);
  stack.use(server);
  const { certificates } = server;
  const { ca, admin } = certificates;
  const client = stack.use(createRemoteClient({ server: server.url, ca, credentials: admin }));
  const other = await certificates.issue(stranger.username);
  const unprivileged = stack.use(createRemoteClient({ server: server.url, ca, credentials: other }));
  const kept = stack.move();
  return { client, stranger: unprivileged, compact, [Symbol.asyncDispose]: () => kept.disposeAsync() };
});
