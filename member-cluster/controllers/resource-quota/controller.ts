import { deepEqual, groupResource, keyOf, type KubeObject, type Resource } from '../../../src/apimachinery/index.ts';
import { resourceQuotas } from '../../../src/apis/index.ts';
import type { InformerEvent } from '../../../src/controller/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { usageOf } from '../../quota/index.ts';
import { countedResources, quotaCounting } from './resource-quota.ts';

/** By then what has taken its part of the quota is stored. */
const RECOUNT_AFTER_MS = 1000;

export const resourceQuotaController: ControllerDefinition = {
  name: 'resourcequota',
  build({ informers, client, clock, settings, onEnd }, queue) {
    const quotas = informers.of(resourceQuotas);
    const followed = new Map<string, () => void>();
    const counted = (names: readonly string[]) =>
      countedResources(settings.resources.list(), names).map((resource) => {
        follow(resource);
        return { resource, lister: informers.of(resource).lister };
      });
    const counting = quotaCounting({ quotas: quotas.lister, counted, client, clock });

    /** Only what a quota counts is listened to. */
    function follow(resource: Resource): void {
      const name = groupResource(resource);
      if (followed.has(name)) return;
      const stop = informers.of<KubeObject>(resource).onEvent((event) => {
        if (!changesUsage(resource, event)) return;
        for (const quota of quotas.lister.list(event.object.metadata.namespace)) queue.add(keyOf(quota));
      });
      followed.set(name, stop);
    }

    quotas.onEvent(({ type, key, object, previous }) => {
      if (type === 'delete') {
        counting.forget(key);
        return;
      }
      const isChanged = !deepEqual(object.status?.used, previous?.status?.used);
      if (type === 'update' && isChanged && counting.usageChanged(key, object.status?.used)) {
        queue.addAfter(key, RECOUNT_AFTER_MS);
      }
      if (!deepEqual(object.spec, previous?.spec)) queue.add(key);
    });
    onEnd(
      settings.resources.onChange(() => {
        for (const stop of followed.values()) stop();
        followed.clear();
        for (const quota of quotas.lister.list()) queue.add(keyOf(quota));
      }),
    );
    onEnd(() => {
      for (const stop of followed.values()) stop();
    });
    return counting.reconcile;
  },
};

/** What is created was counted by admission, and is counted again when the quota says so. */
function changesUsage(resource: Resource, { type, object, previous }: InformerEvent<KubeObject>): boolean {
  if (type === 'delete') return true;
  if (previous === undefined) return false;
  const [before, after] = [usageOf(resource, previous), usageOf(resource, object)];
  if (before.size !== after.size) return true;
  return [...after].some(([name, { nanos }]) => before.get(name)?.nanos !== nanos);
}
