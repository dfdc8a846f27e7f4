import { expect, it } from 'vitest';
import type { ResourceDefinition } from '../apiserver/index.ts';
import * as door from './index.ts';

const isDefinition = (value: object): value is ResourceDefinition => 'plural' in value && 'strategy' in value;
const definitions = Object.values(door)
  .filter((value) => typeof value === 'object')
  .filter(isDefinition);

it.each(definitions.map((definition) => [definition.plural, definition] as const))(
  '%s is in the type table',
  (_plural, definition) => {
    expect(door.typeTable.get(definition.schema)?.name).toBe(definition.schema);
    expect(definition.schema.endsWith(`.${definition.kind}`)).toBe(true);
    expect(definition.singular).toBe(definition.kind.toLowerCase());
  },
);

it.each(definitions.filter((definition) => !('answer' in definition)).map(({ schema }) => [schema]))(
  'a list of %s is in the type table',
  (schema) => {
    expect(door.typeTable.get(`${schema}List`)?.fields.map(({ name }) => name)).toContain('items');
  },
);

/** Another version of a kind has its names. */
const stored = definitions.filter(({ storedAs }) => storedAs === undefined);

it('no two kinds share a name', () => {
  const names = stored.flatMap(({ group, plural, shortNames = [] }) => [`${group}/${plural}`, ...shortNames]);
  expect(new Set(names).size).toBe(names.length);
});

it('what is in category all is what kubectl get all shows', () => {
  const all = stored.filter(({ categories }) => categories?.includes('all')).map(({ plural }) => plural);
  expect(all.sort()).toEqual([
    'cronjobs',
    'daemonsets',
    'deployments',
    'horizontalpodautoscalers',
    'jobs',
    'pods',
    'replicasets',
    'replicationcontrollers',
    'services',
    'statefulsets',
  ]);
});
