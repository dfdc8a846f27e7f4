import type { KubeObject, Resource } from '../../src/apimachinery/index.ts';
import { configMaps, secrets } from '../../src/apis/index.ts';
import type { Clock, Logger, Turns } from '../../src/component-base/index.ts';
import { createInformer } from '../../src/controller/index.ts';
import { REPORTER_LABEL, REPORTER_NAMESPACE, reporterRoles } from '../../src/reachability/index.ts';
import { FederatedInformer, type ClusterClients } from '../cluster/index.ts';

export interface ReporterInformersDeps {
  readonly clients: ClusterClients;
  readonly turns?: Turns;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What reporters and hub keep for one another in every member. */
export function reporterInformers({ clients, turns, clock, log }: ReporterInformersDeps) {
  const of = <T extends KubeObject>(name: string, resource: Resource<T>, labelSelector: string) =>
    new FederatedInformer<T>(name, {
      clients,
      turns,
      clock,
      log,
      createInformer: (client, cluster) =>
        createInformer(client, resource, {
          namespace: REPORTER_NAMESPACE,
          labelSelector,
          transform: withoutManagedFields,
          clock,
          log: log.child({ cluster }),
        }),
    });
  return {
    reports: of('reports', configMaps, `${REPORTER_LABEL}=${reporterRoles.report}`),
    accounts: of('reporter-secrets', secrets, REPORTER_LABEL),
  };
}

export type ReporterInformers = ReturnType<typeof reporterInformers>;

function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, metadata };
}
