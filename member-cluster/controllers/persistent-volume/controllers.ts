import { keyOf } from '../../../src/apimachinery/index.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  pods as podResource,
  storageClasses,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '../../../src/apis/index.ts';
import { claimNames, podIndexes } from '../../pods/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { claimBinderReconciler } from './claim-binder.ts';
import { volumeKeeperReconciler } from './volume-keeper.ts';

export const claimBinderController: ControllerDefinition = {
  name: 'persistentvolumeclaim-binder',
  workers: 5,
  build({ informers, client, events }, queue) {
    const claims = informers.of(persistentVolumeClaims);
    const volumes = informers.of(persistentVolumes);
    const classes = informers.of(storageClasses);
    const pods = informers.of(podResource, { indexes: podIndexes });
    const addWaiting = () => {
      for (const claim of claims.lister.list()) if (isUnbound(claim)) queue.add(keyOf(claim));
    };
    claims.onEvent(({ key }) => {
      queue.add(key);
    });
    classes.onEvent(addWaiting);
    volumes.onEvent(({ type, object }) => {
      const claim = claimKeyOf(object);
      if (claim !== undefined) queue.add(claim);
      else if (type !== 'delete') addWaiting();
    });
    pods.onEvent(({ object }) => {
      const { namespace = '' } = object.metadata;
      if ((object.spec?.nodeName ?? '') === '') return;
      for (const name of claimNames(object)) {
        const claim = claims.lister.get(`${namespace}/${name}`);
        if (claim !== undefined && isUnbound(claim)) queue.add(keyOf(claim));
      }
    });
    const hasConsumer = ({ metadata: { name = '', namespace } }: PersistentVolumeClaim) =>
      pods.lister.list(namespace).some((pod) => (pod.spec?.nodeName ?? '') !== '' && claimNames(pod).includes(name));
    return claimBinderReconciler({
      claims: claims.lister,
      volumes: volumes.lister,
      classes: classes.lister,
      hasConsumer,
      client,
      events: events('persistentvolume-controller'),
    });
  },
};

export const volumeKeeperController: ControllerDefinition = {
  name: 'persistentvolume-binder',
  build({ informers, client, clock, events }, queue) {
    const volumes = informers.of(persistentVolumes);
    const claims = informers.of(persistentVolumeClaims);
    volumes.onEvent(({ key }) => {
      queue.add(key);
    });
    claims.onEvent(({ object }) => {
      const { volumeName = '' } = object.spec ?? {};
      if (volumeName !== '') queue.add(volumeName);
    });
    return volumeKeeperReconciler({
      volumes: volumes.lister,
      claims: claims.lister,
      client,
      clock,
      events: events('persistentvolume-controller'),
    });
  },
};

const isUnbound = ({ spec }: PersistentVolumeClaim) => (spec?.volumeName ?? '') === '';

function claimKeyOf({ spec }: PersistentVolume): string | undefined {
  const { claimRef } = spec ?? {};
  return claimRef === undefined ? undefined : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`;
}
