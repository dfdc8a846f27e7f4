import { keyOf } from '../../../src/apimachinery/index.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  pods as podResource,
  volumeAttributesClasses,
  type PersistentVolumeClaim,
  type PersistentVolume,
  type Pod,
} from '../../../src/apis/index.ts';
import type { WorkQueue } from '../../../src/controller/index.ts';
import { claimNames, podIndexes } from '../../pods/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { storageProtection } from './finalizers.ts';
import { protectionReconciler } from './protection.ts';

/** A claim is used by every pod that has a node and names it, also by one that has ended. */
export const claimProtectionController: ControllerDefinition = {
  name: 'persistentvolumeclaim-protection',
  build({ informers, client }, queue) {
    const claims = informers.of(persistentVolumeClaims);
    addEvery(claims, queue);
    informers.of(podResource, { indexes: podIndexes }).onEvent(({ type, object }) => {
      if (type !== 'delete') return;
      const { namespace } = object.metadata;
      for (const name of claimNames(object)) {
        queue.add(keyOf({ metadata: { name, ...(namespace === undefined ? {} : { namespace }) } }));
      }
    });
    return protectionReconciler({
      resource: persistentVolumeClaims,
      objects: claims.lister,
      client,
      finalizer: storageProtection['persistentvolumeclaims'] ?? '',
      // Asked anew: what was just written may not have come by yet.
      async isUsed({ metadata }: PersistentVolumeClaim, signal) {
        const { name = '', namespace = '' } = metadata;
        const { items } = await client.list(podResource, { namespace, signal });
        return items.some((pod: Pod) => (pod.spec?.nodeName ?? '') !== '' && claimNames(pod).includes(name));
      },
    });
  },
};

/** A volume is used for as long as it is bound to a claim. */
export const volumeProtectionController: ControllerDefinition = {
  name: 'persistentvolume-protection',
  build({ informers, client }, queue) {
    const volumes = informers.of(persistentVolumes);
    addEvery(volumes, queue);
    return protectionReconciler({
      resource: persistentVolumes,
      objects: volumes.lister,
      client,
      finalizer: storageProtection['persistentvolumes'] ?? '',
      isUsed: async ({ status }) => status?.phase === 'Bound',
    });
  },
};

/** A class of attributes is used by volumes that have it, and by claims that have it, want it or are getting it. */
export const attributesClassProtectionController: ControllerDefinition = {
  name: 'volumeattributesclass-protection',
  build({ informers, client }, queue) {
    const classes = informers.of(volumeAttributesClasses);
    addEvery(classes, queue);
    const waiting = () => {
      for (const { metadata } of classes.lister.list()) {
        if (metadata.deletionTimestamp !== undefined) queue.add(metadata.name ?? '');
      }
    };
    informers.of(persistentVolumeClaims).onEvent(waiting);
    informers.of(persistentVolumes).onEvent(waiting);
    return protectionReconciler({
      resource: volumeAttributesClasses,
      objects: classes.lister,
      client,
      finalizer: storageProtection['volumeattributesclasses.storage.k8s.io'] ?? '',
      async isUsed({ metadata }, signal) {
        const { name = '' } = metadata;
        const volumes = await client.list(persistentVolumes, { signal });
        if (volumes.items.some(({ spec }: PersistentVolume) => spec?.volumeAttributesClassName === name)) return true;
        const claims = await client.list(persistentVolumeClaims, { signal });
        return claims.items.some((claim) => attributesClassesOf(claim).includes(name));
      },
    });
  },
};

function attributesClassesOf({ spec, status }: PersistentVolumeClaim): readonly (string | undefined)[] {
  const { currentVolumeAttributesClassName, modifyVolumeStatus } = status ?? {};
  return [
    spec?.volumeAttributesClassName,
    currentVolumeAttributesClassName,
    modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
}

interface Events {
  onEvent(handler: (event: { readonly type: string; readonly key: string }) => void): unknown;
}

function addEvery(informer: Events, queue: WorkQueue): void {
  informer.onEvent(({ type, key }) => {
    if (type !== 'delete') queue.add(key);
  });
}
