import { customResourceDefinitions } from '../apis/index.ts';
import type { ApiServer } from '../apiserver/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import type { InformerSet } from '../controller/index.ts';
import { createCustomResources } from './custom-resources.ts';
import { customResourceDefinitionController } from './definition-controller.ts';

export interface CustomResourceDeps {
  readonly server: ApiServer;
  /** May do anything with definitions and with what they define. */
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * What lets users add kinds to an API server that serves their definitions. To be started when `informers` are synced;
 * what was defined before is served when these are ready.
 */
export function customResources({ server, client, informers, clock, log }: CustomResourceDeps): readonly Runnable[] {
  const definitions = informers.of(customResourceDefinitions);
  const component = log.child({ component: 'custom-resources' });
  const served = createCustomResources({ definitions, catalog: server.catalog, log: component });
  return [served, customResourceDefinitionController({ client, definitions, served, clock, log: component })];
}
