import { invalidValue, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { ConfigMap } from '../generated/wire-types.ts';
import {
  dataCount,
  decodedBytes,
  textBytes,
  validateImmutability,
  validateKeys,
  validateSize,
} from './data-validation.ts';

export const configMaps: ResourceDefinition<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.ConfigMap',
  strategy: { validate, validateUpdate: validateImmutability },
  columns: [
    nameColumn,
    {
      name: 'Data',
      type: 'integer',
      description: 'Number of entries.',
      value: (object) => dataCount(object.data, object.binaryData),
    },
    ageColumn,
  ],
};

function validate({ data, binaryData }: ConfigMap): readonly FieldError[] {
  const both = Object.keys(data ?? {}).filter((key) => Object.hasOwn(binaryData ?? {}, key));
  return [
    ...validateKeys('data', data),
    ...validateKeys('binaryData', binaryData),
    ...both.map((key) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...validateSize('[]', textBytes(data) + decodedBytes(binaryData)),
  ];
}
