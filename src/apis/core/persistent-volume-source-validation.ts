import { invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import { invalidBy, oneOf } from '../field-rules.ts';
import type { PersistentVolumeSource } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { csiDriverNameProblems } from './csi-driver-name.ts';
import { backstepErrors, HOST_PATH_TYPES, requiredFields } from './volume-source-validation.ts';

/** Fields that a source is nothing without, by source. */
const REQUIRED: Readonly<Partial<Record<keyof PersistentVolumeSource, readonly string[]>>> = {
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  hostPath: ['path'],
  glusterfs: ['endpoints', 'path'],
  nfs: ['server', 'path'],
  rbd: ['monitors', 'image'],
  iscsi: ['targetPortal', 'iqn'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  flexVolume: ['driver'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  quobyte: ['registry', 'volume'],
  azureDisk: ['diskName', 'diskURI'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  local: ['path'],
  csi: ['driver', 'volumeHandle'],
};

const CSI_SECRETS = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodeStageSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const;

export function validatePersistentVolumeSource(
  field: string,
  source: Sent<PersistentVolumeSource>,
): readonly FieldError[] {
  const { hostPath, nfs, local, csi } = source;
  return [
    ...requiredFields(field, source, REQUIRED),
    ...backstepErrors(`${field}.hostPath.path`, hostPath?.path),
    ...oneOf(`${field}.hostPath.type`, hostPath?.type, HOST_PATH_TYPES),
    ...(nfs?.path !== undefined && nfs.path !== '' && !nfs.path.startsWith('/')
      ? [invalidValue(`${field}.nfs.path`, nfs.path, 'must be an absolute path')]
      : []),
    ...backstepErrors(`${field}.local.path`, local?.path),
    ...(csi?.driver === undefined || csi.driver === ''
      ? []
      : invalidBy(`${field}.csi.driver`, csi.driver, csiDriverNameProblems(csi.driver))),
    ...CSI_SECRETS.flatMap((name) => validateSecret(`${field}.csi.${name}`, csi?.[name])),
  ];
}

function validateSecret(
  field: string,
  secret: { readonly name?: string; readonly namespace?: string } | undefined,
): readonly FieldError[] {
  if (secret === undefined) return [];
  return (['name', 'namespace'] as const)
    .filter((name) => (secret[name] ?? '') === '')
    .map((name) => required(`${field}.${name}`));
}
