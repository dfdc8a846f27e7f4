import {
  badRequest,
  forbiddenField,
  invalid,
  invalidValue,
  notSupported,
  required,
  tooLong,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { FieldValidation } from '../decoding/decoder.ts';
import type { GetRequest, ListRequest, WatchRequest } from '../registry/list-options.ts';
import { isTrue } from './request-info.ts';

const MAX_FIELD_MANAGER = 128;

export interface WriteQuery {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** Empty when the client names none. */
  readonly fieldManager: string;
}

/**
 * `kind` is `CreateOptions`, `UpdateOptions`, `PatchOptions` or `DeleteOptions`, for the words of a refusal. `applies`:
 * it is asked of a patch that is a configuration.
 */
export function writeQuery(query: URLSearchParams, kind: string, applies = false): WriteQuery {
  if (query.size === 0 && !applies) return { dryRun: false, fieldValidation: 'Warn', fieldManager: '' };
  const manager = query.get('fieldManager') ?? '';
  const fieldValidation = query.get('fieldValidation') ?? '';
  const errors = [
    ...dryRunErrors(query.getAll('dryRun')),
    ...managerErrors(manager, applies),
    ...validationErrors(fieldValidation),
    ...(kind === 'PatchOptions' && !applies && query.has('force') ? [NO_FORCE] : []),
  ];
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', errors);
  return {
    dryRun: query.getAll('dryRun').includes('All'),
    fieldValidation: isFieldValidation(fieldValidation) ? fieldValidation : 'Warn',
    fieldManager: manager,
  };
}

const NO_FORCE = forbiddenField('force', 'may not be specified for non-apply patch');

function managerErrors(manager: string, applies: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (applies && manager === '') errors.push(required('fieldManager', 'is required for apply patch'));
  if (Buffer.byteLength(manager) > MAX_FIELD_MANAGER) errors.push(tooLong('fieldManager', MAX_FIELD_MANAGER));
  if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u.test(manager)) {
    errors.push(invalidValue('fieldManager', manager, 'should only contain printable characters'));
  }
  return errors;
}

function validationErrors(fieldValidation: string): FieldError[] {
  if (fieldValidation === '' || isFieldValidation(fieldValidation)) return [];
  return [notSupported('fieldValidation', fieldValidation, ['Ignore', 'Strict', 'Warn'])];
}

export function dryRunErrors(values: readonly string[]): FieldError[] {
  const wrong = values.filter((value) => value !== '');
  return wrong.every((value) => value === 'All') ? [] : [notSupported('dryRun', wrong, ['All'])];
}

export function getQuery(query: URLSearchParams): GetRequest {
  return texts(query, 'resourceVersion');
}

export function listQuery(query: URLSearchParams): ListRequest {
  const limit = integer(query, 'limit');
  integer(query, 'timeoutSeconds');
  return {
    ...selectors(query),
    ...texts(query, 'continue', 'resourceVersion', 'resourceVersionMatch'),
    ...(limit === undefined ? {} : { limit }),
    ...initialEvents(query),
  };
}

export function watchQuery(query: URLSearchParams): WatchRequest {
  const timeoutSeconds = integer(query, 'timeoutSeconds');
  return {
    ...selectors(query),
    ...texts(query, 'resourceVersion', 'resourceVersionMatch'),
    ...initialEvents(query),
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

/** A whole number of a query, which may be left out and may not be something else. */
export function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  const isWhole = /^[+-]?\d+$/.test(text);
  if (!isWhole || !Number.isSafeInteger(value)) {
    const why = isWhole ? 'value out of range' : 'invalid syntax';
    throw badRequest(`${name}: strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
  }
  return value;
}

function isFieldValidation(text: string): text is FieldValidation {
  return text === 'Ignore' || text === 'Warn' || text === 'Strict';
}

function selectors(query: URLSearchParams): Pick<ListRequest, 'labelSelector' | 'fieldSelector'> {
  return texts(query, 'labelSelector', 'fieldSelector');
}

function initialEvents(query: URLSearchParams): { readonly sendInitialEvents?: boolean } {
  const text = query.get('sendInitialEvents');
  return text === null ? {} : { sendInitialEvents: isTrue(text) };
}

function texts<Name extends string>(query: URLSearchParams, ...names: readonly Name[]): { [name in Name]?: string } {
  const found: { [name in Name]?: string } = {};
  for (const name of names) {
    const value = query.get(name);
    if (value !== null && value !== '') found[name] = value;
  }
  return found;
}
