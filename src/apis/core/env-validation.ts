import {
  configKeyProblems,
  dnsSubdomainProblems,
  invalidValue,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { invalidBy } from '../field-rules.ts';
import type { EnvFromSource, EnvVar, EnvVarSource } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateFieldReference, validateResourceReference } from './downward-reference-validation.ts';

const MORE_THAN_ONE = 'may not have more than one field specified at a time';

const FIELDS_AS_VARIABLES = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

export function validateEnv(field: string, { name = '', value = '', valueFrom }: Sent<EnvVar>): readonly FieldError[] {
  const errors = name === '' ? [required(`${field}.name`)] : invalidBy(`${field}.name`, name, envNameProblems(name));
  return valueFrom === undefined ? errors : [...errors, ...validateSource(`${field}.valueFrom`, valueFrom, value)];
}

function validateSource(field: string, source: Sent<EnvVarSource>, value: string): readonly FieldError[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source;
  const sources = Object.keys(source).length;
  const errors: FieldError[] = [];
  if (sources === 0) {
    const names = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(invalidValue(field, '', `must specify one of: ${names}`));
  } else if (value !== '') {
    errors.push(invalidValue(field, '', 'may not be specified when `value` is not empty'));
  } else if (sources > 1) errors.push(invalidValue(field, '', MORE_THAN_ONE));
  return [
    ...errors,
    ...(fieldRef === undefined ? [] : validateFieldReference(`${field}.fieldRef`, fieldRef, FIELDS_AS_VARIABLES)),
    ...(resourceFieldRef === undefined
      ? []
      : validateResourceReference(`${field}.resourceFieldRef`, resourceFieldRef, false)),
    ...validateKey(`${field}.configMapKeyRef`, configMapKeyRef),
    ...validateKey(`${field}.secretKeyRef`, secretKeyRef),
  ];
}

function validateKey(field: string, reference: Sent<EnvVarSource>['secretKeyRef']): readonly FieldError[] {
  if (reference === undefined) return [];
  const { name = '', key = '' } = reference;
  return [
    ...invalidBy(`${field}.name`, name, dnsSubdomainProblems(name)),
    ...(key === '' ? [required(`${field}.key`)] : invalidBy(`${field}.key`, key, configKeyProblems(key))),
  ];
}

export function validateEnvFrom(field: string, source: Sent<EnvFromSource>): readonly FieldError[] {
  const { prefix = '', configMapRef, secretRef } = source;
  const given = Object.entries({ configMapRef, secretRef }).filter(([, reference]) => reference !== undefined);
  const count =
    given.length === 0
      ? [invalidValue(field, '', 'must specify one of: `configMapRef` or `secretRef`')]
      : given.length > 1
        ? [invalidValue(field, '', MORE_THAN_ONE)]
        : [];
  return [
    ...(prefix === '' ? [] : invalidBy(`${field}.prefix`, prefix, envNameProblems(prefix))),
    ...given.flatMap(([kind, reference]) => {
      const name = reference?.name ?? '';
      const where = `${field}.${kind}.name`;
      return name === '' ? [required(where)] : invalidBy(where, name, dnsSubdomainProblems(name));
    }),
    ...count,
  ];
}

function envNameProblems(name: string): readonly string[] {
  if (/^[ -<>-~]+$/.test(name)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}
