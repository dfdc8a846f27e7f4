import { invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import type { DownwardAPIVolumeFile, KeyToPath } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateFieldReference, validateResourceReference } from './downward-reference-validation.ts';
import { fileModeErrors, localPathErrors } from './volume-source-validation.ts';

/** Which entries become which files. */
export function validateFiles(field: string, items: readonly Sent<KeyToPath>[]): readonly FieldError[] {
  return items.flatMap(({ key = '', path = '', mode }, index) => {
    const where = `${field}[${index}]`;
    return [
      ...(key === '' ? [required(`${where}.key`)] : []),
      ...pathErrors(`${where}.path`, path),
      ...fileModeErrors(`${where}.mode`, mode),
    ];
  });
}

const FIELDS_AS_FILES = [
  'metadata.name',
  'metadata.namespace',
  'metadata.labels',
  'metadata.annotations',
  'metadata.uid',
];

/** Which facts about the pod become which files. */
export function validateDownwardFiles(
  field: string,
  items: readonly Sent<DownwardAPIVolumeFile>[],
): readonly FieldError[] {
  return items.flatMap(({ path = '', mode, fieldRef, resourceFieldRef }, index) => {
    const where = `${field}[${index}]`;
    return [
      ...pathErrors(`${where}.path`, path),
      ...(fieldRef === undefined ? [] : validateFieldReference(`${where}.fieldRef`, fieldRef, FIELDS_AS_FILES)),
      ...(fieldRef !== undefined && resourceFieldRef !== undefined
        ? [invalidValue(where, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')]
        : []),
      ...(fieldRef === undefined && resourceFieldRef !== undefined
        ? validateResourceReference(`${where}.resourceFieldRef`, resourceFieldRef, true)
        : []),
      ...(fieldRef === undefined && resourceFieldRef === undefined
        ? [required(where, 'one of fieldRef and resourceFieldRef is required')]
        : []),
      ...fileModeErrors(`${where}.mode`, mode),
    ];
  });
}

function pathErrors(field: string, path: string): readonly FieldError[] {
  if (path === '') return [required(field)];
  if (path.startsWith('..') && !path.startsWith('../')) {
    return [invalidValue(field, path, "must not start with '..'")];
  }
  return localPathErrors(field, path);
}
