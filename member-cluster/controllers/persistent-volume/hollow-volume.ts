import type {
  ObjectReference,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from '../../../src/apis/index.ts';
import type { NewObject } from '../../../src/client/index.ts';
import { HOLLOW_DRIVER } from '../../runtime/index.ts';
import { nameOf, uidOf } from '../ownership.ts';
import { PROVISIONED_BY } from './marks.ts';

/** A volume as large as the claim asks for, promised to it. */
export function hollowVolume(claim: PersistentVolumeClaim, storageClass: StorageClass): NewObject<PersistentVolume> {
  const { accessModes = [], volumeMode = 'Filesystem', resources, volumeAttributesClassName } = claim.spec ?? {};
  const { reclaimPolicy = 'Delete', mountOptions } = storageClass;
  const name = `pvc-${uidOf(claim)}`;
  return {
    metadata: { name, annotations: { [PROVISIONED_BY]: HOLLOW_DRIVER } },
    spec: {
      capacity: { storage: resources?.requests?.['storage'] ?? '0' },
      accessModes,
      volumeMode,
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: nameOf(storageClass),
      claimRef: referenceTo(claim),
      csi: { driver: HOLLOW_DRIVER, volumeHandle: name },
      ...(mountOptions === undefined ? {} : { mountOptions }),
      ...(volumeAttributesClassName === undefined ? {} : { volumeAttributesClassName }),
    },
  };
}

export function referenceTo({ metadata }: PersistentVolumeClaim): ObjectReference {
  const { name = '', namespace = '', uid = '', resourceVersion = '' } = metadata;
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
}
