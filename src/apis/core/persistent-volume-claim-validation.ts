import {
  deepEqual,
  dnsLabelProblems,
  dnsSubdomainProblems,
  forbiddenField,
  invalidValue,
  labelKeyProblems,
  notSupported,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { immutable, invalidBy, oneOf, validLabelSelector } from '../field-rules.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { validateAccessModes } from './access-modes.ts';
import { VOLUME_MODES } from './persistent-volume-validation.ts';
import { isMore, positiveQuantityProblems, quantityProblems } from './quantities.ts';
import { isExtendedResource } from './resource-names.ts';

export function validatePersistentVolumeClaim(claim: PersistentVolumeClaim): readonly FieldError[] {
  return validateClaimSpec('spec', sent(claim).spec ?? {});
}

/** Also of the claims that StatefulSets and ephemeral volumes make. */
export function validateClaimSpec(field: string, spec: Sent<PersistentVolumeClaimSpec>): readonly FieldError[] {
  const { storageClassName = '', volumeAttributesClassName = '', resources } = spec;
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
    ...(volumeAttributesClassName === ''
      ? []
      : invalidBy(
          `${field}.volumeAttributesClassName`,
          volumeAttributesClassName,
          dnsSubdomainProblems(volumeAttributesClassName),
        )),
  ];
}

function validateSource(
  field: string,
  source: Sent<PersistentVolumeClaimSpec>['dataSourceRef'],
): readonly FieldError[] {
  if (source === undefined) return [];
  const { name = '', kind = '', apiGroup = '', namespace = '' } = source;
  return [
    ...(name === '' ? [required(`${field}.name`)] : []),
    ...(kind === '' ? [required(`${field}.kind`)] : []),
    ...(apiGroup === '' && kind !== 'PersistentVolumeClaim'
      ? [invalidValue(field, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
      : []),
    ...(apiGroup === '' ? [] : invalidBy(`${field}.apiGroup`, apiGroup, dnsSubdomainProblems(apiGroup))),
    ...(namespace === '' ? [] : invalidBy(`${field}.namespace`, namespace, dnsLabelProblems(namespace))),
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
  claim: PersistentVolumeClaim,
  before: PersistentVolumeClaim,
): readonly FieldError[] {
  const { spec: next = {} } = claim;
  const { spec: old = {}, status } = before;
  const may = { isBound: status?.phase === 'Bound', getClass: mayGetClass(claim, before) };
  return [
    ...(isClassNamedAnew(claim, before) ? [] : classAnnotationStays(claim, before)),
    ...(deepEqual(fixedFields(next, old, may), fixedFields(old, old, may)) ? [] : [forbiddenField('spec', MAY_CHANGE)]),
    ...notBelowCapacity(next, old, status?.capacity?.['storage']),
    ...immutable('volumeMode', next.volumeMode, old.volumeMode),
    ...attributesClassStays(next, old),
  ];
}

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

const classAnnotated = ({ metadata }: PersistentVolumeClaim) => metadata.annotations?.[CLASS_ANNOTATION];

/** The class that an annotation named of old is named by the field now. */
function isClassNamedAnew(claim: PersistentVolumeClaim, before: PersistentVolumeClaim): boolean {
  const [annotated, old] = [classAnnotated(claim), classAnnotated(before)];
  const isFieldNew = before.spec?.storageClassName === undefined && claim.spec?.storageClassName === old;
  return old !== undefined && isFieldNew && (annotated === undefined || annotated === old);
}

function classAnnotationStays(claim: PersistentVolumeClaim, before: PersistentVolumeClaim): readonly FieldError[] {
  const field = `metadata.annotations.${CLASS_ANNOTATION}`;
  return immutable(field, classAnnotated(claim) ?? '', classAnnotated(before) ?? '');
}

function mayGetClass({ spec }: PersistentVolumeClaim, before: PersistentVolumeClaim): boolean {
  const { storageClassName } = spec ?? {};
  if (storageClassName === undefined || before.spec?.storageClassName !== undefined) return false;
  const annotated = classAnnotated(before);
  return annotated === undefined || annotated === storageClassName;
}

function attributesClassStays(next: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec): readonly FieldError[] {
  const field = 'spec.volumeAttributesClassName';
  const { volumeAttributesClassName: name } = next;
  if ((name ?? '') !== '' || old.volumeAttributesClassName === undefined || name === old.volumeAttributesClassName) {
    return [];
  }
  return [
    forbiddenField(field, `update from non-nil value to ${name === '' ? 'an empty string' : 'nil'} is forbidden`),
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
  { isBound, getClass }: { readonly isBound: boolean; readonly getClass: boolean },
): PersistentVolumeClaimSpec {
  const { volumeName, storageClassName, volumeAttributesClassName, resources, ...fixed } = spec;
  const { requests, ...limits } = resources ?? {};
  const { storage: _storage, ...others } = requests ?? {};
  return {
    ...fixed,
    ...((old.volumeName ?? '') === '' || volumeName === undefined ? {} : { volumeName }),
    ...(getClass || storageClassName === undefined ? {} : { storageClassName }),
    ...(isBound || volumeAttributesClassName === undefined ? {} : { volumeAttributesClassName }),
    resources: { ...limits, requests: isBound ? others : (requests ?? {}) },
  };
}

export function validatePersistentVolumeClaimStatus({ status = {} }: PersistentVolumeClaim): readonly FieldError[] {
  const { capacity = {}, allocatedResources = {}, allocatedResourceStatuses = {} } = status;
  const [ofResize, allocated] = ['status.allocatedResourceStatus', 'status.allocatedResources'];
  return [
    ...Object.entries(capacity).flatMap(([name, text]) => quantityProblems(`status.capacity[${name}]`, text)),
    ...Object.entries(allocatedResourceStatuses).flatMap(([name, state]) => [
      ...validateResourceName(ofResize, name),
      ...(RESIZE_STATES.includes(state) ? [] : [notSupported(ofResize, name, RESIZE_STATES)]),
    ]),
    ...Object.entries(allocatedResources).flatMap(([name, text]) => {
      const problems = validateResourceName(allocated, name);
      return problems.length > 0 ? problems : quantityProblems(`${allocated}[${name}]`, text);
    }),
  ];
}

const RESIZE_STATES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizePending',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
];

function validateResourceName(field: string, name: string): readonly FieldError[] {
  const problems = invalidBy(field, name, labelKeyProblems(name));
  if (problems.length > 0) return problems;
  return isExtendedResource(name) ? [] : oneOf(field, name, ['storage']);
}
