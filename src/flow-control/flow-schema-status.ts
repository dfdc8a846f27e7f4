import { formatTime, isNotFound } from '../apimachinery/index.ts';
import { flowSchemas, priorityLevelConfigurations, type FlowSchema } from '../apis/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import { controller, WorkQueue, type InformerSet } from '../controller/index.ts';

export interface FlowSchemaStatusDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly log: Logger;
}

const DANGLING = 'Dangling';

/** Keeps the condition `Dangling` of FlowSchemas: one whose priority level is not there matches nothing. */
export function flowSchemaStatus({ client, informers, clock, log }: FlowSchemaStatusDeps): Runnable {
  const schemas = informers.of(flowSchemas);
  const levels = informers.of(priorityLevelConfigurations);
  const queue = new WorkQueue(clock);
  schemas.onEvent(({ type, key }) => {
    if (type !== 'delete') queue.add(key);
  });
  levels.onEvent(({ type }) => {
    if (type === 'update') return;
    for (const { metadata } of schemas.lister.list()) queue.add(metadata.name ?? '');
  });
  return controller({
    name: 'flow-schema-status',
    queue,
    clock,
    log,
    synced: (signal) => informers.synced(signal),
    reconcile: async (key, signal) => {
      const schema = schemas.lister.get(key);
      if (schema === undefined) return {};
      const level = schema.spec?.priorityLevelConfiguration.name ?? '';
      const next = withDangling(schema, levels.lister.get(level) === undefined, formatTime(clock.now()));
      if (next === schema) return {};
      try {
        await client.updateStatus(flowSchemas, next, { signal });
      } catch (err) {
        if (!isNotFound(err)) throw err;
      }
      return {};
    },
  });
}

function withDangling(schema: FlowSchema, isDangling: boolean, now: string): FlowSchema {
  const { conditions = [] } = schema.status ?? {};
  const known = conditions.find(({ type }) => type === DANGLING);
  const wanted = danglingOf(schema, isDangling);
  if (known?.status === wanted.status && known.message === wanted.message) return schema;
  const since = known?.status === wanted.status ? known.lastTransitionTime : undefined;
  const next = { ...wanted, lastTransitionTime: since ?? now };
  return { ...schema, status: { conditions: [...conditions.filter(({ type }) => type !== DANGLING), next] } };
}

function danglingOf({ spec }: FlowSchema, isDangling: boolean) {
  const level = JSON.stringify(spec?.priorityLevelConfiguration.name ?? '');
  return isDangling
    ? { type: DANGLING, status: 'True', reason: 'NotFound', message: `there is no PriorityLevelConfiguration ${level}` }
    : { type: DANGLING, status: 'False', reason: 'Found', message: `it refers to PriorityLevelConfiguration ${level}` };
}
