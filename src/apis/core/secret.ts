import { invalidValue, isObject, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { immutable } from '../field-rules.ts';
import type { Secret } from '../generated/wire-types.ts';
import { dataCount, decodedBytes, validateImmutability, validateKeys, validateSize } from './data-validation.ts';

export const secrets: ResourceDefinition<Secret> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  schema: 'k8s.io/api/core/v1.Secret',
  strategy: {
    defaults,
    validate,
    validateUpdate: (object, old) => [
      ...immutable('type', object.type, old.type),
      ...validateImmutability(object, old),
    ],
  },
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', description: 'What its entries are for.', value: (object) => object.type ?? '' },
    { name: 'Data', type: 'integer', description: 'Number of entries.', value: (object) => dataCount(object.data) },
    ageColumn,
  ],
  fieldSelectors: { type: (object) => object.type ?? '' },
};

/** `stringData` is a way to write `data` and is never stored. */
function defaults({ stringData, ...secret }: Secret): Secret {
  const type = secret.type === undefined || secret.type === '' ? 'Opaque' : secret.type;
  if (stringData === undefined) return { ...secret, type };
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')] as const);
  return { ...secret, type, data: { ...secret.data, ...Object.fromEntries(encoded) } };
}

function validate(secret: Secret): readonly FieldError[] {
  return [
    ...validateKeys('data', secret.data),
    ...validateSize('data', decodedBytes(secret.data)),
    ...validateType(secret),
  ];
}

/** Entries that a type needs. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

function validateType({ type = '', metadata, data = {} }: Secret): readonly FieldError[] {
  switch (type) {
    case 'kubernetes.io/service-account-token': {
      const field = 'metadata.annotations[kubernetes.io/service-account.name]';
      const account = metadata.annotations?.['kubernetes.io/service-account.name'] ?? '';
      return account === '' ? [required(field)] : [];
    }
    case 'kubernetes.io/basic-auth': {
      const isThere = data['username'] !== undefined || data['password'] !== undefined;
      return isThere ? [] : [required('data[%username]'), required('data[%password]')];
    }
    case 'kubernetes.io/dockercfg':
    case 'kubernetes.io/dockerconfigjson':
      return (NEEDED[type] ?? []).flatMap((key) => validateJson(key, data[key]));
    default:
      return (NEEDED[type] ?? []).filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`));
  }
}

function validateJson(key: string, encoded: string | undefined): readonly FieldError[] {
  const field = `data[${key}]`;
  if (encoded === undefined) return [required(field)];
  try {
    const content: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString());
    return isObject(content) ? [] : [invalidValue(field, '<secret contents redacted>', 'must be a JSON object')];
  } catch (err) {
    return [invalidValue(field, '<secret contents redacted>', err instanceof Error ? err.message : String(err))];
  }
}
