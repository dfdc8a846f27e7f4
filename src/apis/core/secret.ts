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
    ...(RULES.get(secret.type ?? '')?.(secret) ?? []),
  ];
}

/** What a type asks for, of the types that ask for anything. */
const RULES: ReadonlyMap<string, (secret: Secret) => readonly FieldError[]> = new Map([
  ['kubernetes.io/service-account-token', validateAccountName],
  ['kubernetes.io/basic-auth', validateBasicAuth],
  ['kubernetes.io/dockercfg', ({ data }: Secret) => validateJson('.dockercfg', data)],
  ['kubernetes.io/dockerconfigjson', ({ data }: Secret) => validateJson('.dockerconfigjson', data)],
  ['kubernetes.io/ssh-auth', validateSshKey],
  ['kubernetes.io/tls', ({ data }: Secret) => missing(data, ['tls.crt', 'tls.key'])],
]);

function missing(data: Secret['data'], keys: readonly string[]): readonly FieldError[] {
  return keys.filter((key) => data?.[key] === undefined).map((key) => required(`data[${key}]`));
}

function validateAccountName({ metadata }: Secret): readonly FieldError[] {
  const account = metadata.annotations?.['kubernetes.io/service-account.name'] ?? '';
  return account === '' ? [required('metadata.annotations[kubernetes.io/service-account.name]')] : [];
}

/** Where other types want a key to be there, this one wants something in it. */
function validateSshKey({ data = {} }: Secret): readonly FieldError[] {
  const key = 'ssh-privatekey';
  return data[key] === undefined || data[key] === '' ? [required(`data[${key}]`)] : [];
}

function validateBasicAuth({ data }: Secret): readonly FieldError[] {
  const absent = missing(data, ['username', 'password']);
  return absent.length === 2 ? absent : [];
}

function validateJson(key: string, data: Secret['data']): readonly FieldError[] {
  const field = `data[${key}]`;
  const encoded = data?.[key];
  if (encoded === undefined) return [required(field)];
  try {
    const content: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString());
    return isObject(content) ? [] : [invalidValue(field, '<secret contents redacted>', 'must be a JSON object')];
  } catch (err) {
    return [invalidValue(field, '<secret contents redacted>', err instanceof Error ? err.message : String(err))];
  }
}
