import { expect, it } from 'vitest';
import { deepFreeze, type FieldType, type TypeSchema, type TypeTable } from '../../apimachinery/index.ts';
import { Decoder, type FieldValidation } from './decoder.ts';

function schema(name: string, fields: Readonly<Record<string, FieldType | { readonly inline: string }>>): TypeSchema {
  const facts = { number: 0, pointer: false, omitEmpty: true, required: false };
  return {
    name,
    fields: Object.entries(fields).map(([field, type]) =>
      'inline' in type
        ? { ...facts, name: field, type: { kind: 'ref', name: type.inline }, inline: true }
        : { ...facts, name: field, type, inline: false },
    ),
  };
}

const META = 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta';
const text: FieldType = { kind: 'string' };
const schemas = [
  schema('Thing', {
    kind: text,
    apiVersion: text,
    metadata: { kind: 'ref', name: META },
    spec: { kind: 'ref', name: 'Spec' },
  }),
  schema(META, { name: text, labels: { kind: 'map', values: text } }),
  schema('Spec', {
    common: { inline: 'Common' },
    count: { kind: 'int32' },
    size: { kind: 'quantity' },
    port: { kind: 'intOrString' },
    items: { kind: 'list', items: { kind: 'ref', name: 'Common' } },
    raw: { kind: 'rawExtension' },
  }),
  schema('Common', { image: text }),
];
const types: TypeTable = { get: (name) => schemas.find((known) => known.name === name) };
const expected = { group: '', version: 'v1', kind: 'Thing', schema: 'Thing' };

function decode(value: unknown, fieldValidation: FieldValidation = 'Warn', kind = expected) {
  const warnings: string[] = [];
  const warn = (warning: string) => warnings.push(warning);
  const object = new Decoder(types).decode(value, {
    expected: kind,
    fieldValidation,
    duplicates: ['spec.count'],
    warn,
  });
  return { object, warnings };
}

it('drops what the kind does not have, and says so', () => {
  const value = { metadata: { name: 'a', x: 1 }, spec: { image: 'i', y: 2, items: [{ image: 'j', z: 3 }] } };
  const { object, warnings } = decode(value);
  expect(object).toEqual({
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { name: 'a' },
    spec: { image: 'i', items: [{ image: 'j' }] },
  });
  expect(warnings).toEqual([
    'duplicate field "spec.count"',
    'unknown field "metadata.x"',
    'unknown field "spec.y"',
    'unknown field "spec.items[0].z"',
  ]);
  expect(value.spec.items[0]).toEqual({ image: 'j', z: 3 });
});

it('refuses it when asked to be strict, and is silent when asked to be', () => {
  expect(() => decode({ spec: { y: 1 } }, 'Strict')).toThrow(
    'Thing in version "v1" cannot be handled as a Thing: strict decoding error: duplicate field "spec.count", unknown field "spec.y"',
  );
  expect(decode({ spec: { y: 1 } }, 'Ignore').warnings).toEqual([]);
});

it('takes null for nothing', () => {
  const spec = { image: null, items: [null], raw: { a: null } };
  expect(decode({ metadata: { name: null, labels: { a: null } }, spec }).object).toEqual({
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: { labels: { a: '' } },
    spec: { items: [{}], raw: { a: null } },
  });
});

it.each([
  [{ count: '1' }, 'json: cannot unmarshal string into Go struct field Spec.spec.count of type int32'],
  [[], 'json: cannot unmarshal array into Go struct field Thing.spec of type Spec'],
])('refuses %j, in the words of Go', (spec, message) => {
  expect(() => decode({ spec })).toThrow(`Thing in version "v1" cannot be handled as a Thing: ${message}`);
});

it('reads values into their canonical form', () => {
  expect(decode({ spec: { size: 5, port: 'http' } }).object).toMatchObject({ spec: { size: '5', port: 'http' } });
  expect(decode({ spec: { size: '1024Ki', port: 80 } }).object).toMatchObject({ spec: { size: '1Mi', port: 80 } });
});

it('knows the metadata of kinds that are in no table', () => {
  const kind = { ...expected, schema: 'example.com.Other' };
  const { object, warnings } = decode({ metadata: { x: 1 }, anything: { goes: true } }, 'Warn', kind);
  expect(object).toMatchObject({ metadata: {}, anything: { goes: true } });
  expect(warnings).toContain('unknown field "metadata.x"');
  expect(() => decode({ metadata: { labels: [] } }, 'Warn', kind)).toThrow('cannot unmarshal array');
});

it('does not look again at what came from the store', () => {
  const spec = deepFreeze({ image: 'i', fromAnotherRelease: 1 });
  const { object, warnings } = decode({ metadata: {}, spec });
  expect(object).toMatchObject({ spec });
  expect(warnings).toEqual(['duplicate field "spec.count"']);
});

it.each([
  [{ kind: 'Other' }, 'Other in version "v1" cannot be handled as a Thing'],
  [{ apiVersion: 'v2' }, 'the API version in the data (v2) does not match the expected API version (v1)'],
  [{ kind: [{ toString: 1 }] }, 'cannot unmarshal array into Go struct field .kind of type string'],
  ['text', 'it is not a JSON object'],
  [{ metadata: [] }, 'metadata is not a JSON object'],
])('refuses %j, which is no Thing', (value, message) => {
  expect(() => decode(value)).toThrow(message);
});

it('takes an older version where it looks the same, as one of the version it knows', () => {
  const kind = { ...expected, olderVersions: ['v1beta1'] };
  expect(decode({ apiVersion: 'v1beta1' }, 'Warn', kind)).toMatchObject({
    object: { apiVersion: 'v1', kind: 'Thing' },
  });
  expect(() => decode({ apiVersion: 'v1beta2' }, 'Warn', kind)).toThrow('does not match the expected API version (v1)');
});
