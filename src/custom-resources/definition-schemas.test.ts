import { expect, it } from 'vitest';
import type { CustomResourceDefinition } from '../apis/index.ts';
import { schemaErrors } from './definition-schemas.ts';
import type { Schema } from './schema/schema.ts';
import { selectableFieldErrors } from './selectable-fields.ts';

const ROOT = 'spec.validation.openAPIV3Schema';

async function problems(spec: Schema, root: Partial<Schema> = {}): Promise<readonly string[]> {
  const openAPIV3Schema: Schema = { type: 'object', properties: { spec }, ...root };
  const definition: CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {},
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
  return (await schemaErrors(definition)).map(({ field, message }) => `${field}: ${message}`.replaceAll(ROOT, '~'));
}

const SPEC = '~.properties[spec]';

it.each<[Schema, readonly string[]]>([
  [{ type: 'object' }, []],
  [{}, [`${SPEC}.type: Required value: must not be empty for specified object fields`]],
  [{ type: 'array', items: {} }, [`${SPEC}.items.type: Required value: must not be empty for specified array items`]],
  [{ type: 'array' }, [`${SPEC}.items: Required value: must be specified`]],
  [{ type: 'object', $ref: '#/x' }, [`${SPEC}.$ref: Forbidden: $ref is not supported`]],
  [
    { type: 'array', items: { type: 'string' }, uniqueItems: true },
    [
      `${SPEC}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
    ],
  ],
  [
    { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } },
    [`${SPEC}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
  ],
  [{ type: 'null' }, [`${SPEC}.type: Forbidden: type cannot be set to null, use nullable as an alternative`]],
  [
    { type: 'text' },
    [
      `${SPEC}.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ],
  ],
  [
    { type: 'object', anyOf: [{ type: 'object' }] },
    [`${SPEC}.anyOf[0].type: Forbidden: must be empty to be structural`],
  ],
  [
    { type: 'object', anyOf: [{ properties: { a: { minLength: 1 } } }] },
    [`${SPEC}.properties[a]: Required value: because it is defined in ${SPEC}.anyOf[0].properties[a]`],
  ],
  [{ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, []],
  [
    { type: 'string', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    [`${SPEC}.type: Invalid value: "string": must be object if x-kubernetes-embedded-resource is true`],
  ],
  [
    { type: 'string', default: 1 },
    [`${SPEC}.default: Invalid value: "integer": in body must be of type string: "integer"`],
  ],
  [
    { type: 'object', default: { a: 1 }, properties: { b: { type: 'string' } } },
    [`${SPEC}.default: Invalid value: {"a":1}: must not have unknown fields`],
  ],
  [
    { type: 'string', pattern: '(' },
    [expect.stringContaining("must be a valid regular expression, but isn't") as string],
  ],
  [
    {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: { type: 'object', properties: { k: { type: 'string' } } },
    },
    [
      `${SPEC}.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
    ],
  ],
  [
    { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self.x > 1' }] },
    [
      expect.stringMatching(
        /x-kubernetes-validations\[0\]\.rule: Invalid value: .*compilation failed: ERROR/s,
      ) as string,
    ],
  ],
  [
    { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self + 1' }] },
    [expect.stringContaining('cel expression must evaluate to a bool') as string],
  ],
  [
    { type: 'integer', 'x-kubernetes-validations': [{ rule: '' }] },
    [`${SPEC}.x-kubernetes-validations[0].rule: Required value: rule is not specified`],
  ],
  [
    {
      type: 'array',
      items: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
      maxItems: 2,
    },
    [
      `${SPEC}.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${SPEC}`,
    ],
  ],
  [
    {
      type: 'array',
      items: { type: 'string' },
      'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x == y))' }],
    },
    expect.arrayContaining([
      expect.stringMatching(/rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x/),
    ]) as string[],
  ],
])('%j', async (spec, expected) => {
  expect(await problems(spec)).toEqual(expected);
});

it('lets metadata be restricted in its names alone', async () => {
  const metadata = (properties: Schema['properties']): Schema => ({
    type: 'object',
    ...(properties && { properties }),
  });
  expect(
    await problems({ type: 'object' }, { properties: { metadata: metadata({ name: { type: 'string' } }) } }),
  ).toEqual([]);
  expect(
    await problems({ type: 'object' }, { properties: { metadata: metadata({ labels: { type: 'object' } }) } }),
  ).toEqual([
    '~.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
  ]);
});

it.each([
  ['.spec.colour', []],
  ['.spec.none', ['is an invalid path: does not refer to a valid field']],
  ['.metadata.name', ['must not point to fields in metadata']],
  [
    '.spec',
    [
      'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
    ],
  ],
])('lets %s be selected by, or not', (jsonPath, expected) => {
  const colour: Schema = { type: 'string' };
  const openAPIV3Schema: Schema = { type: 'object', properties: { spec: { type: 'object', properties: { colour } } } };
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema },
    selectableFields: [{ jsonPath }],
  };
  const texts = selectableFieldErrors(version, 'spec.versions[0]').map(({ message }) => message);
  expect(texts).toEqual(expected.map((why) => `Invalid value: ${JSON.stringify(jsonPath)}: ${why}`));
});
