import { customResourceDefinitions } from '../../src/apis/index.ts';
import { namespaceLifecycle } from '../../src/apiserver/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createInformerSet } from '../../src/controller/index.ts';
import { customResources, customResourceSchemas } from '../../src/custom-resources/index.ts';
import { startTestApiServer, type TestApiServer, type TestApiServerOptions } from './api-server.ts';
import { testResources } from './resources.ts';

/** A test server on which custom resources can be defined; `resources`, where given, must have their definitions. */
export async function startCustomResourceServer(options: TestApiServerOptions = {}): Promise<TestApiServer> {
  const {
    clock = systemClock,
    log = silentLogger,
    resources = [...testResources, customResourceDefinitions],
  } = options;
  await using parts = new AsyncDisposableStack();
  const api = parts.use(
    await startTestApiServer({
      admission: (own) => [namespaceLifecycle(own), customResourceSchemas],
      ...options,
      resources,
    }),
  );
  const informers = createInformerSet(api.admin, { clock, log });
  parts.use(await start([informers]));
  parts.use(await start(customResources({ server: api.server, client: api.admin, informers, clock, log })));
  const running = parts.move();
  return {
    server: api.server,
    admin: api.admin,
    client: (user) => api.client(user),
    url: api.url,
    get certificates() {
      return api.certificates;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
