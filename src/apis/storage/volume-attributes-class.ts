import { deepEqual, forbiddenField, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn } from '../columns.ts';
import { csiDriverNameProblems } from '../core/csi-driver-name.ts';
import { requiredName } from '../field-rules.ts';
import type { VolumeAttributesClass } from '../generated/wire-types.ts';
import { sent } from '../sent.ts';
import { defaultClassNameColumn } from './default-class.ts';
import { validateParameters } from './storage-class.ts';

export const volumeAttributesClasses: ResourceDefinition<VolumeAttributesClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  singular: 'volumeattributesclass',
  shortNames: ['vac'],
  namespaced: false,
  schema: 'k8s.io/api/storage/v1.VolumeAttributesClass',
  strategy: { validate, validateUpdate },
  columns: [
    defaultClassNameColumn('volumeattributesclass'),
    {
      name: 'DriverName',
      type: 'string',
      description: 'Whose volumes it is for.',
      value: (object) => sent(object).driverName ?? '',
    },
    ageColumn,
  ],
};

function validate(object: VolumeAttributesClass): readonly FieldError[] {
  const { driverName, parameters = {} } = sent(object);
  return [
    ...requiredName('driverName', driverName, csiDriverNameProblems),
    ...(Object.keys(parameters).length === 0
      ? [required('parameters', 'must contain at least one key/value pair')]
      : validateParameters(parameters)),
  ];
}

function validateUpdate(object: VolumeAttributesClass, old: VolumeAttributesClass): readonly FieldError[] {
  const changed = (['driverName', 'parameters'] as const).filter((field) => !deepEqual(object[field], old[field]));
  return changed.map((field) => forbiddenField(field, `updates to ${field} are forbidden.`));
}
