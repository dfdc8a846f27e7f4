import { posix } from 'node:path';
import {
  deepEqual,
  dnsSubdomainProblems,
  forbiddenField,
  notSupported,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { immutable, invalidBy, oneOf } from '../field-rules.ts';
import type { PersistentVolume, PersistentVolumeSource, PersistentVolumeSpec } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { validateAccessModes } from './access-modes.ts';
import { validateNodeSelector } from './node-selector-validation.ts';
import { positiveQuantityProblems, type SentAmounts } from './quantities.ts';
import { validatePersistentVolumeSource } from './persistent-volume-source-validation.ts';

const OTHER_FIELDS = [
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
];

export const VOLUME_MODES = ['Block', 'Filesystem'];

export function validatePersistentVolume(volume: PersistentVolume): readonly FieldError[] {
  const spec = sent(volume).spec ?? {};
  return [
    ...validateAccessModes('spec.accessModes', spec.accessModes),
    ...validateCapacity('spec.capacity', spec.capacity ?? {}),
    ...oneOf('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain']),
    ...validateAffinity(spec),
    ...oneSource(sourceOf(spec)),
    ...validatePersistentVolumeSource('spec', spec),
    ...rootIsKept(spec),
    ...validateClassNames(spec),
    ...oneOf('spec.volumeMode', spec.volumeMode, VOLUME_MODES),
  ];
}

export function validatePersistentVolumeUpdate(
  { spec = {} }: PersistentVolume,
  { spec: old = {} }: PersistentVolume,
): readonly FieldError[] {
  const why = 'spec.persistentvolumesource is immutable after creation';
  return [
    ...(deepEqual(withoutNewSecret(sourceOf(spec), sourceOf(old)), sourceOf(old))
      ? []
      : [forbiddenField('spec.persistentvolumesource', why)]),
    ...immutable('volumeMode', spec.volumeMode, old.volumeMode),
    ...(old.nodeAffinity === undefined ? [] : immutable('nodeAffinity', spec.nodeAffinity, old.nodeAffinity)),
    ...(old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined
      ? [forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden')]
      : []),
  ];
}

function validateCapacity(field: string, capacity: SentAmounts): readonly FieldError[] {
  const names = Object.keys(capacity);
  if (names.length === 0) return [required(field)];
  return [
    ...(names.length > 1 || capacity['storage'] === undefined ? [notSupported(field, capacity, ['storage'])] : []),
    ...Object.entries(capacity).flatMap(([name, text = '']) => positiveQuantityProblems(`${field}[${name}]`, text)),
  ];
}

function validateAffinity({ nodeAffinity, local }: Sent<PersistentVolumeSpec>): readonly FieldError[] {
  const field = 'spec.nodeAffinity';
  if (nodeAffinity === undefined) {
    return local === undefined ? [] : [required(field, 'Local volume requires node affinity')];
  }
  if (nodeAffinity.required === undefined) {
    return [required(`${field}.required`, 'must specify required node constraints')];
  }
  return validateNodeSelector(`${field}.required`, nodeAffinity.required);
}

function sourceOf(spec: Sent<PersistentVolumeSpec>): Sent<PersistentVolumeSource> {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !OTHER_FIELDS.includes(field)));
}

/** The secret that makes a volume larger may be named later, once. */
function withoutNewSecret(
  source: Sent<PersistentVolumeSource>,
  old: Sent<PersistentVolumeSource>,
): Sent<PersistentVolumeSource> {
  if (source.csi === undefined || old.csi === undefined || old.csi.controllerExpandSecretRef !== undefined)
    return source;
  const { controllerExpandSecretRef: _secret, ...csi } = source.csi;
  return { ...source, csi };
}

function oneSource(source: object): readonly FieldError[] {
  const [first, ...others] = Object.keys(source);
  if (first === undefined) return [required('spec', 'must specify a volume type')];
  return others.map((name) => forbiddenField(`spec.${name}`, 'may not specify more than 1 volume type'));
}

function rootIsKept({ hostPath, persistentVolumeReclaimPolicy }: Sent<PersistentVolumeSpec>): readonly FieldError[] {
  if (posix.normalize(hostPath?.path ?? '') !== '/' || persistentVolumeReclaimPolicy !== 'Recycle') return [];
  return [forbiddenField('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")];
}

function validateClassNames({
  storageClassName = '',
  volumeAttributesClassName,
  csi,
}: Sent<PersistentVolumeSpec>): readonly FieldError[] {
  const field = 'spec.volumeAttributesClassName';
  return [
    ...(storageClassName === ''
      ? []
      : invalidBy('spec.storageClassName', storageClassName, dnsSubdomainProblems(storageClassName))),
    ...(volumeAttributesClassName === '' ? [required(field, 'an empty string is disallowed')] : []),
    ...(volumeAttributesClassName === undefined || volumeAttributesClassName === ''
      ? []
      : invalidBy(field, volumeAttributesClassName, dnsSubdomainProblems(volumeAttributesClassName))),
    ...(volumeAttributesClassName !== undefined && csi === undefined
      ? [required('spec.csi', 'has to be specified when using volumeAttributesClassName')]
      : []),
  ];
}
