import {
  dynamicAdmission,
  namespaceLifecycle,
  type AdmissionPlugin,
  type ResourceDefinition,
  type ResolveService,
} from '../../src/apiserver/index.ts';
import {
  autoscalersV1,
  configMaps,
  extensionResources,
  horizontalPodAutoscalers,
  namespaces,
  secrets,
  typeTable,
} from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { silentLogger, start, systemClock, untilAborted } from '../../src/component-base/index.ts';
import { createInformerSet, type InformerSet } from '../../src/controller/index.ts';
import { policyStatus } from '../../src/policy-status/index.ts';
import { adminUser, startTestApiServer, type TestApiServer, type TestApiServerOptions } from './api-server.ts';

export interface AdmissionServerOptions extends Omit<TestApiServerOptions, 'resources' | 'admission'> {
  readonly resolveService?: ResolveService;
  /** Before those that users configure. */
  readonly plugins?: readonly AdmissionPlugin[];
}

const SERVED = [namespaces, configMaps, secrets, horizontalPodAutoscalers, autoscalersV1];

/** An API server whose admission users may add to by policies and webhooks. It knows of them when this resolves. */
export async function startAdmissionServer(options: AdmissionServerOptions = {}): Promise<TestApiServer> {
  const { resolveService, plugins = [], ...given } = options;
  const resources: readonly ResourceDefinition[] = [...SERVED, ...extensionResources];
  const known: { informers?: InformerSet } = {};
  const api = await startTestApiServer({
    ...given,
    resources,
    admission: (own: Client) => {
      const informers = createInformerSet(own, { clock: systemClock, log: silentLogger });
      known.informers = informers;
      const dynamic = dynamicAdmission({
        informers,
        own,
        authorizer: async ({ user }) => ({ allowed: user.groups.includes(adminUser.groups[0] ?? '') }),
        served: () => resources,
        types: typeTable,
        log: silentLogger,
        ...(resolveService === undefined ? {} : { resolveService }),
      });
      return [namespaceLifecycle(own), ...plugins, dynamic.mutating, ...dynamic.validating];
    },
  });
  if (known.informers === undefined) throw new TypeError('the first write makes the plugins');
  const { informers } = known;
  const { catalog } = api.server;
  const status = policyStatus({
    client: api.admin,
    informers,
    catalog,
    types: typeTable,
    clock: systemClock,
    log: silentLogger,
  });
  const running = await untilAborted(start([informers, status]), AbortSignal.timeout(10_000));
  return {
    server: api.server,
    admin: api.admin,
    client: (user) => api.client(user),
    url: api.url,
    get certificates() {
      return api.certificates;
    },
    [Symbol.asyncDispose]: async () => {
      await running.stop();
      await api[Symbol.asyncDispose]();
    },
  };
}
