import { describe } from 'vitest';
import { createRemoteClient } from '../../src/client/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { createTestCertificates } from '../harness/certificates.ts';
import { clientConformance } from './client.ts';
import { clientResources } from './client/fixture.ts';

const stranger = { username: 'stranger', groups: [] };
const certificates = await createTestCertificates();
const { ca, admin } = certificates;
const other = await certificates.issue(stranger.username);

async function startServer(listen: boolean) {
  const storage = createMemoryStorage({ clock: systemClock });
  const namespaces = ['default', 'other'];
  const server = await startTestApiServer({ resources: clientResources, namespaces, storage, listen, certificates });
  return { server, compact: async () => storage.compact(await storage.currentRevision()) };
}

describe.concurrent('memory storage', () => {
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
    const client = stack.use(createRemoteClient({ server: server.url, ca, credentials: admin }));
    const unprivileged = stack.use(createRemoteClient({ server: server.url, ca, credentials: other }));
    const kept = stack.move();
    return { client, stranger: unprivileged, compact, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  });
});
