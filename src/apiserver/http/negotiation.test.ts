import { expect, it } from 'vitest';
import { negotiate } from './negotiation.ts';

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const brief = (accept: string | undefined, tables = true) => {
  const { as, version, format } = negotiate(accept, { tables });
  return as === 'object' ? format : `${as} ${version} ${format}`;
};

it.each([
  [undefined, 'json'],
  ['*/*', 'json'],
  ['application/json, */*', 'json'],
  ['application/vnd.kubernetes.protobuf,application/json', 'json'],
  ['application/yaml', 'yaml'],
  ['application/yaml;q=0.5, application/json', 'json'],
  [`${table},application/json`, 'Table v1 json'],
  ['application/json;as=Table;v=v1beta1;g=meta.k8s.io', 'Table v1beta1 json'],
  ['application/json;as=Table;v=v2;g=meta.k8s.io,application/json', 'json'],
  [
    'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
    'PartialObjectMetadata v1 json',
  ],
  ['application/cbor, */*', 'json'],
])('answers %s with %s', (accept, expected) => {
  expect(brief(accept)).toBe(expected);
});

it.each(['image/png', 'application/json;q=0', 'application/vnd.kubernetes.protobuf'])(
  'has nothing for %s',
  (accept) => {
    expect(() => brief(accept)).toThrow(
      'only the following media types are accepted: application/json, application/yaml',
    );
  },
);

it('makes no table of what is asked and not stored', () => {
  expect(brief(`${table},application/json`, false)).toBe('json');
  expect(() => brief(table, false)).toThrow('only the following media types are accepted');
});
