import { customResourceDefinitions } from '../apis/index.ts';
import { createWebhookTransport, type ApiServer, type ResolveService } from '../apiserver/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import type { InformerSet } from '../controller/index.ts';
import { createCustomResources } from './custom-resources.ts';
import { customResourceDefinitionController, type DefinitionControllerDeps } from './definition-controller.ts';

export interface CustomResourceDeps {
  readonly server: ApiServer;
  /** May do anything with definitions and with what they define. */
  readonly client: Client;
  readonly informers: InformerSet;
  /** Where the Services are that conversion webhooks may name; absent where there are none. */
  readonly resolveService?: ResolveService;
  /** What becomes of what depends on the objects of a definition that goes; as usual for them when absent. */
  readonly propagation?: DefinitionControllerDeps['propagation'];
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * What lets users add kinds to an API server that serves their definitions. To be started when `informers` are synced;
 * what was defined before is served when these are ready.
 */
export function customResources(deps: CustomResourceDeps): readonly Runnable[] {
  const { server, client, informers, resolveService, propagation, clock, log } = deps;
  const definitions = informers.of(customResourceDefinitions);
  const component = log.child({ component: 'custom-resources' });
  const transport = createWebhookTransport(resolveService === undefined ? {} : { resolveService });
  const served = createCustomResources({ definitions, catalog: server.catalog, transport, log: component });
  const parts = { client, definitions, served, propagation, clock, log: component };
  return [served, customResourceDefinitionController(parts)];
}
