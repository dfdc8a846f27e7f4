import { controllerOf, controllerReferenceTo, isAlreadyExists, keyOf } from '../../src/apimachinery/index.ts';
import {
  persistentVolumeClaims,
  pods as podResource,
  type PersistentVolumeClaim,
  type Pod,
  type Volume,
} from '../../src/apis/index.ts';
import type { NewObject } from '../../src/client/index.ts';
import { isTerminal, podIndexes } from '../pods/index.ts';
import type { ControllerDefinition } from './controller-definition.ts';
import { nameOf } from './ownership.ts';

/** Makes the claims of volumes that live as long as their pods. */
export const ephemeralVolumeController: ControllerDefinition = {
  name: 'ephemeral-volume',
  build({ informers, client, events }, queue) {
    const pods = informers.of(podResource, { indexes: podIndexes });
    const claims = informers.of(persistentVolumeClaims);
    const recorder = events('ephemeral_volume');
    pods.onEvent(({ type, key, object }) => {
      if (type !== 'delete' && ephemeralVolumes(object).length > 0) queue.add(key);
    });
    claims.onEvent(({ type, object }) => {
      const owner = controllerOf(object);
      if (type !== 'delete' || owner?.kind !== 'Pod') return;
      const { namespace = '' } = object.metadata;
      queue.add(`${namespace}/${owner.name}`);
    });
    return async (key, signal) => {
      const pod = pods.lister.get(key);
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || isTerminal(pod)) return {};
      for (const volume of ephemeralVolumes(pod)) {
        const wanted = claimOf(pod, volume);
        const standing = claims.lister.get(keyOf(wanted));
        if (standing === undefined) {
          try {
            await client.create(persistentVolumeClaims, wanted, { signal });
          } catch (err) {
            // It was made before, and comes by.
            if (isAlreadyExists(err)) continue;
            const message = `ephemeral volume ${volume.name}: ${err instanceof Error ? err.message : String(err)}`;
            recorder.event(pod, 'Warning', 'FailedBinding', message);
            throw err;
          }
        } else if (controllerOf(standing)?.uid !== pod.metadata.uid) {
          const message = `PVC ${keyOf(wanted)} was not created for pod ${key} (pod is not owner)`;
          recorder.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${message}`);
        }
      }
      return {};
    };
  },
};

function ephemeralVolumes({ spec }: Pod): readonly Volume[] {
  return (spec?.volumes ?? []).filter(({ ephemeral }) => ephemeral !== undefined);
}

function claimOf(pod: Pod, { name, ephemeral }: Volume): NewObject<PersistentVolumeClaim> {
  const { metadata, spec } = ephemeral?.volumeClaimTemplate ?? {};
  const { namespace } = pod.metadata;
  return {
    metadata: {
      name: `${nameOf(pod)}-${name}`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ownerReferences: [controllerReferenceTo(pod)],
    },
    ...(spec === undefined ? {} : { spec }),
  };
}
