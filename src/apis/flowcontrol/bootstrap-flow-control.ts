import {
  deepEqual,
  isAlreadyExists,
  isNotFound,
  withAnnotation,
  type KubeObject,
  type Resource,
} from '../../apimachinery/index.ts';
import type { Client } from '../../client/index.ts';
import { mandatoryFlowSchemas, suggestedFlowSchemas } from './bootstrap-flow-schemas.ts';
import { mandatoryPriorityLevels, suggestedPriorityLevels } from './bootstrap-priority-levels.ts';
import { flowSchemas } from './flow-schema.ts';
import { priorityLevelConfigurations } from './priority-level-configuration.ts';

const AUTOUPDATE = 'apf.kubernetes.io/autoupdate-spec';

/**
 * Makes the objects of API priority and fairness that every cluster has, and makes those true again that somebody
 * changed: the mandatory ones always, the suggested ones unless `apf.kubernetes.io/autoupdate-spec` says `false`.
 */
export async function bootstrapFlowControl(client: Client, signal: AbortSignal): Promise<void> {
  await Promise.all([
    ...mandatoryPriorityLevels.map((level) =>
      ensure(client, priorityLevelConfigurations, level, { isFixed: true, signal }),
    ),
    ...suggestedPriorityLevels.map((level) =>
      ensure(client, priorityLevelConfigurations, level, { isFixed: false, signal }),
    ),
    ...mandatoryFlowSchemas.map((schema) => ensure(client, flowSchemas, schema, { isFixed: true, signal })),
    ...suggestedFlowSchemas.map((schema) => ensure(client, flowSchemas, schema, { isFixed: false, signal })),
  ]);
}

interface EnsureOptions {
  readonly isFixed: boolean;
  readonly signal: AbortSignal;
}

async function ensure<T extends KubeObject & { readonly spec?: unknown }>(
  client: Client,
  resource: Resource<T>,
  wanted: T,
  { isFixed, signal }: EnsureOptions,
): Promise<void> {
  const name = wanted.metadata.name ?? '';
  try {
    const present = await client.get(resource, { name }, { signal });
    if (!isFixed && present.metadata.annotations?.[AUTOUPDATE] === 'false') return;
    const next = { ...present, spec: wanted.spec };
    if (!deepEqual(next, present)) await client.update(resource, next, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
    await client.create(resource, withAnnotation(wanted, AUTOUPDATE, 'true'), { signal }).catch((refused: unknown) => {
      // Another replica of this server was first.
      if (!isAlreadyExists(refused)) throw refused;
    });
  }
}
