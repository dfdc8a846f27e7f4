import {
  compareQuantities,
  forbidden,
  groupResource,
  parseQuantity,
  type KubeObject,
} from '../../../src/apimachinery/index.ts';
import type { PersistentVolumeClaim, StorageClass } from '../../../src/apis/index.ts';
import type { AdmissionPlugin } from '../../../src/apiserver/index.ts';
import type { KnownObjects } from './known-objects.ts';

const OLD_CLASS = 'volume.beta.kubernetes.io/storage-class';
const NOT_RESIZABLE =
  'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';

/** A claim gets more than it asked for first only of a storage class that can give it. */
export function persistentVolumeClaimResize(classes: KnownObjects<StorageClass>): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    handles: ({ operation, resource, subresource }) =>
      operation === 'UPDATE' && subresource === undefined && groupResource(resource) === 'persistentvolumeclaims',
    async validate({ object, oldObject, resource, name }, signal) {
      const [claim, old] = [claimOf(object), claimOf(oldObject)];
      if (compareQuantities(sizeOf(claim), sizeOf(old)) <= 0) return;
      if (old.status?.phase !== 'Bound') {
        throw forbidden(resource, name, 'Only bound persistent volume claims can be expanded');
      }
      const className = classOf(claim);
      const found = className === classOf(old) ? (await classes(signal)).get(className) : undefined;
      if (found?.allowVolumeExpansion !== true) throw forbidden(resource, name, NOT_RESIZABLE);
    },
  };
}

function claimOf(object: KubeObject | undefined): PersistentVolumeClaim {
  // @NOTE the plugin handles nothing but changes of claims, which have both objects.
  return object as PersistentVolumeClaim;
}

function sizeOf({ spec }: PersistentVolumeClaim) {
  return parseQuantity(spec?.resources?.requests?.['storage'] ?? '0');
}

function classOf({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.[OLD_CLASS] ?? spec?.storageClassName ?? '';
}
