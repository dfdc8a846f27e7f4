import { customResourceDefinitions } from '../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createInformerSet } from '../../src/controller/index.ts';
import { createCustomResources, customResourceDefinitionController } from '../../src/custom-resources/index.ts';
import { startTestApiServer, type TestApiServer, type TestApiServerOptions } from './api-server.ts';
import { testResources } from './resources.ts';

/** A test server on which custom resources can be defined. */
export async function startCustomResourceServer(options: TestApiServerOptions = {}): Promise<TestApiServer> {
  const resources = [...testResources, customResourceDefinitions];
  const api = await startTestApiServer({ ...options, resources });
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLogger;
  const informers = createInformerSet(api.admin, { clock, log });
  const definitions = informers.of(customResourceDefinitions);
  const served = createCustomResources({
    definitions,
    catalog: api.server.catalog,
    converter: () => async (objects) => objects,
    log,
  });
  const controller = customResourceDefinitionController({ client: api.admin, definitions, served, clock, log });
  const foundation = await start([informers]);
  const running = await start([served, controller]);
  return Object.assign(Object.create(api) as TestApiServer, {
    [Symbol.asyncDispose]: async () => {
      await running.stop();
      await foundation.stop();
      await api[Symbol.asyncDispose]();
    },
  });
}
