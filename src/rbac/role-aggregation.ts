import { deepEqual, isConflict, isNotFound, labelSelectorOf, matchesLabels } from '../apimachinery/index.ts';
import { clusterRoles, type ClusterRole, type PolicyRule } from '../apis/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import { controller, WorkQueue, type InformerSet } from '../controller/index.ts';

export interface RoleAggregationDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Fills the rules of ClusterRoles that have an `aggregationRule` with those of the roles it selects. */
export function roleAggregation({ client, informers, clock, log }: RoleAggregationDeps): Runnable {
  const roles = informers.of(clusterRoles);
  const queue = new WorkQueue(clock);
  roles.onEvent(() => {
    for (const { metadata, aggregationRule } of roles.lister.list()) {
      if (aggregationRule !== undefined) queue.add(metadata.name ?? '');
    }
  });
  return controller({
    name: 'clusterrole-aggregation',
    queue,
    clock,
    log,
    synced: (signal) => informers.synced(signal),
    reconcile: async (key, signal) => {
      const role = roles.lister.get(key);
      if (role?.aggregationRule === undefined) return {};
      const rules = aggregatedRules(role, roles.lister.list());
      if (deepEqual(rules, role.rules ?? [])) return {};
      try {
        await client.update(clusterRoles, { ...role, rules }, { signal });
      } catch (err) {
        // Whoever changed it meanwhile is heard of too.
        if (!isNotFound(err) && !isConflict(err)) throw err;
      }
      return {};
    },
  });
}

/** The rules of all that the role selects but itself, in the order of their names, each once. */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] {
  const selectors = (role.aggregationRule?.clusterRoleSelectors ?? []).map(labelSelectorOf);
  const selected = all
    .filter(({ metadata }) => metadata.name !== role.metadata.name)
    .filter(({ metadata }) => selectors.some((selector) => matchesLabels(selector, metadata.labels)))
    .toSorted((one, other) => ((one.metadata.name ?? '') < (other.metadata.name ?? '') ? -1 : 1));
  const gathered: PolicyRule[] = [];
  const seen = new Set<string>();
  for (const rule of selected.flatMap(({ rules = [] }) => rules)) {
    const text = JSON.stringify(rule);
    if (seen.has(text)) continue;
    seen.add(text);
    gathered.push(rule);
  }
  return gathered;
}
