import { apiVersionOf, deepEqual, isAlreadyExists, isConflict, isNotFound } from '../apimachinery/index.ts';
import { apiServices, type APIService, type APIServiceSpec } from '../apis/index.ts';
import type { ResourceCatalog, ResourceDefinition } from '../apiserver/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import { controller, WorkQueue, type Informer } from '../controller/index.ts';
import { priorityOf } from './priorities.ts';

export interface AutoRegistrationDeps {
  readonly client: Client;
  readonly catalog: ResourceCatalog;
  readonly services: Informer<APIService>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What has this label is kept as it is by the server itself. */
const MANAGED = 'kube-aggregator.kubernetes.io/automanaged';
const LONGEST_RETRY_MS = 5_000;

/** Keeps an APIService for every version of a group that this server serves itself. */
export function autoRegistration({ client, catalog, services, clock, log }: AutoRegistrationDeps): Runnable {
  const name = 'api-service-registration';
  const queue = new WorkQueue(clock, { name, maxDelayMs: LONGEST_RETRY_MS });
  const local = catalog.derive(localVersions);
  const reconcile = async (key: string, signal: AbortSignal) => {
    const spec = local().get(key);
    const present = services.lister.get(key);
    try {
      if (present === undefined) {
        if (spec !== undefined) await client.create(apiServices, created(key, spec), { signal });
      } else if (present.metadata.labels?.[MANAGED] !== undefined) {
        if (spec === undefined) await client.delete(apiServices, { name: key }, { signal });
        else if (!deepEqual(present.spec, spec)) await client.update(apiServices, { ...present, spec }, { signal });
      }
    } catch (err) {
      if (!isAlreadyExists(err) && !isConflict(err) && !isNotFound(err)) throw err;
    }
    return {};
  };
  const worker = controller({ name, queue, workers: 2, clock, log, reconcile });
  return {
    name,
    async run(signal, ready) {
      const addAll = () => {
        for (const key of local().keys()) queue.add(key);
        for (const { metadata } of services.lister.list()) queue.add(metadata.name ?? '');
      };
      const removals = [
        catalog.onChange(addAll),
        services.onEvent(({ key }) => {
          queue.add(key);
        }),
      ];
      addAll();
      await worker.run(signal, ready);
      for (const remove of removals) remove();
    },
  };
}

function created(name: string, spec: APIServiceSpec) {
  const { group = '' } = spec;
  // Those that come and go with a definition of their own are told apart from those that are always there.
  const value = group.includes('.') && spec.groupPriorityMinimum <= 1000 ? 'true' : 'onstart';
  return { metadata: { name, labels: { [MANAGED]: value } }, spec };
}

/** The group by which these are told is nobody's but the aggregator's. */
function localVersions(definitions: readonly ResourceDefinition[]): ReadonlyMap<string, APIServiceSpec> {
  const versions = Map.groupBy(
    definitions.filter(({ group }) => group !== apiServices.group),
    apiVersionOf,
  );
  return new Map(
    [...versions.values()].flatMap(([first]) => {
      if (first === undefined) return [];
      const { group, version } = first;
      return [[`${version}.${group}`, { ...(group === '' ? {} : { group }), version, ...priorityOf(group, version) }]];
    }),
  );
}
