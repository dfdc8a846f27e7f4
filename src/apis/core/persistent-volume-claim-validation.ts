import {
  deepEqual,
  dnsSubdomainProblems,
  forbiddenField,
  invalidValue,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { immutable, invalidBy, oneOf, validLabelSelector } from '../field-rules.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { validateAccessModes } from './access-modes.ts';
import { VOLUME_MODES } from './persistent-volume-validation.ts';
import { isMore, positiveQuantityProblems, quantityProblems } from './quantities.ts';

export function validatePersistentVolumeClaim(claim: PersistentVolumeClaim): readonly FieldError[] {
  return validateClaimSpec('spec', sent(claim).spec ?? {});
}

/** Also of the claims that StatefulSets and ephemeral volumes make. */
export function validateClaimSpec(field: string, spec: Sent<PersistentVolumeClaimSpec>): readonly FieldError[] {
  const { storageClassName = '', resources } = spec;
  const storage = resources?.requests?.['storage'];
  return [
    ...validateAccessModes(`${field}.accessModes`, spec.accessModes, 'at least 1 access mode is required'),
    ...validLabelSelector(`${field}.selector`, spec.selector),
    ...(storage === undefined
      ? [required(`${field}.resources[storage]`)]
      : positiveQuantityProblems(`${field}.resources[storage]`, storage)),
    ...(storageClassName === ''
      ? []
      : invalidBy(`${field}.storageClassName`, storageClassName, dnsSubdomainProblems(storageClassName))),
    ...oneOf(`${field}.volumeMode`, spec.volumeMode, VOLUME_MODES),
    ...validateSource(`${field}.dataSource`, spec.dataSource),
    ...validateSource(`${field}.dataSourceRef`, spec.dataSourceRef),
    ...sameSource(field, spec),
  ];
}

function validateSource(
  field: string,
  source: Sent<PersistentVolumeClaimSpec>['dataSourceRef'],
): readonly FieldError[] {
  if (source === undefined) return [];
  const { name = '', kind = '', apiGroup = '' } = source;
  return [
    ...(name === '' ? [required(`${field}.name`)] : []),
    ...(kind === '' ? [required(`${field}.kind`)] : []),
    ...(apiGroup === '' && kind !== 'PersistentVolumeClaim' ? [invalidValue(field, kind, '')] : []),
  ];
}

function sameSource(
  field: string,
  { dataSource, dataSourceRef }: Sent<PersistentVolumeClaimSpec>,
): readonly FieldError[] {
  if (dataSource === undefined || dataSourceRef === undefined) return [];
  if ((dataSourceRef.namespace ?? '') !== '') {
    return [
      invalidValue(`${field}.dataSource`, dataSource, 'may not be specified when dataSourceRef.namespace is specified'),
    ];
  }
  return deepEqual(dataSource, dataSourceRef)
    ? []
    : [invalidValue(`${field}.dataSource`, dataSource, 'must match dataSourceRef')];
}

const MAY_CHANGE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** A claim that has its volume may ask for more of it; one that has none may be given one. */
export function validatePersistentVolumeClaimUpdate(
  { spec: next = {} }: PersistentVolumeClaim,
  { spec: old = {}, status }: PersistentVolumeClaim,
): readonly FieldError[] {
  const isBound = status?.phase === 'Bound';
  const isClassDropped = old.volumeAttributesClassName !== undefined && next.volumeAttributesClassName === undefined;
  return [
    ...(deepEqual(fixedFields(next, old, isBound), fixedFields(old, old, isBound))
      ? []
      : [forbiddenField('spec', MAY_CHANGE)]),
    ...notBelowCapacity(next, old, status?.capacity?.['storage']),
    ...immutable('spec.volumeMode', next.volumeMode, old.volumeMode),
    ...(isBound && isClassDropped
      ? [forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden')]
      : []),
  ];
}

/** A wish for more that was too much may be taken back, down to more than there is. */
function notBelowCapacity(
  { resources: next }: PersistentVolumeClaimSpec,
  { resources: old }: PersistentVolumeClaimSpec,
  capacity = '0',
): readonly FieldError[] {
  const size = next?.requests?.['storage'];
  if (!isMore(old?.requests?.['storage'], size) || isMore(size, capacity)) return [];
  return [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')];
}

function fixedFields(
  spec: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaimSpec,
  isBound: boolean,
): PersistentVolumeClaimSpec {
  const { volumeName, storageClassName, volumeAttributesClassName, resources, ...fixed } = spec;
  const { requests, ...limits } = resources ?? {};
  const { storage: _storage, ...others } = requests ?? {};
  return {
    ...fixed,
    ...((old.volumeName ?? '') === '' || volumeName === undefined ? {} : { volumeName }),
    ...(old.storageClassName === undefined || storageClassName === undefined ? {} : { storageClassName }),
    ...(isBound || volumeAttributesClassName === undefined ? {} : { volumeAttributesClassName }),
    resources: { ...limits, requests: isBound ? others : (requests ?? {}) },
  };
}

export function validatePersistentVolumeClaimStatus({ status }: PersistentVolumeClaim): readonly FieldError[] {
  return Object.entries(status?.capacity ?? {}).flatMap(([name, text]) =>
    quantityProblems(`status.capacity[${name}]`, text),
  );
}
