import { apiServices, services } from '../apis/index.ts';
import type { ApiServer, ResolveService } from '../apiserver/index.ts';
import type { Client } from '../client/index.ts';
import { aborted, type Clock, type Logger, type Runnable } from '../component-base/index.ts';
import type { InformerSet } from '../controller/index.ts';
import { publishAuthenticationConfig } from './authentication-config.ts';
import { autoRegistration } from './auto-registration.ts';
import { presentFrontProxy } from './front-proxy.ts';
import { keptFrontProxy } from './kept-front-proxy.ts';
import { remoteServices } from './remote-services.ts';

export interface AggregationDeps {
  readonly server: ApiServer;
  /** May write APIServices, and Secrets and ConfigMaps of `kube-system`. */
  readonly client: Client;
  readonly informers: InformerSet;
  /** Where there is a network of Services: without it no other server can be behind this one. */
  readonly network?: {
    readonly resolveService: ResolveService;
    /** PEM of the CA whose client certificates are believed. */
    readonly clientCa: string;
  };
  readonly clock: Clock;
  readonly log: Logger;
}

/** Other API servers behind this one, as APIServices name them. To be started when `informers` are synced. */
export function aggregation(deps: AggregationDeps): readonly Runnable[] {
  const { server, client, informers, network, clock } = deps;
  const log = deps.log.child({ component: 'aggregation' });
  const registered = informers.of(apiServices);
  const known = {
    client,
    apis: server.remoteApis,
    apiServices: registered,
    services: informers.of(services).lister,
    clock,
    log,
  };
  const registration = autoRegistration({ client, catalog: server.catalog, services: registered, clock, log });
  if (network === undefined) return [registration, remoteServices(known)];
  const { resolveService, clientCa } = network;
  const frontProxy = keptFrontProxy({ client, clientCa, clock });
  const config: Runnable = {
    name: 'extension-apiserver-authentication',
    async run(signal, ready) {
      await publishAuthenticationConfig(client, clientCa, await presentFrontProxy(client, clock));
      ready();
      await aborted(signal);
    },
  };
  return [registration, config, remoteServices({ ...known, reach: { resolveService, frontProxy } })];
}
