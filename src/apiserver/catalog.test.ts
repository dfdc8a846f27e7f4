import { expect, it } from 'vitest';
import type { ResourceDefinition } from './resource-definition.ts';
import { ResourceCatalog } from './catalog.ts';

const kind = (plural: string, version = 'v1'): ResourceDefinition => ({
  group: 'example.com',
  version,
  kind: plural,
  plural,
  singular: plural,
  namespaced: true,
  schema: '',
  strategy: {},
});

it('serves what all its sources ask for, each of which is replaced as a whole', () => {
  const catalog = new ResourceCatalog();
  catalog.set('a', [kind('apples'), kind('pears')]);
  catalog.set('b', [kind('plums')]);
  catalog.set('a', [kind('apples')]);
  expect(catalog.definitions().map(({ plural }) => plural)).toEqual(['apples', 'plums']);
});

it('refuses two definitions at one path and stays as it was', () => {
  const catalog = new ResourceCatalog();
  catalog.set('a', [kind('apples')]);
  expect(() => {
    catalog.set('b', [kind('apples')]);
  }).toThrow(TypeError);
  catalog.set('b', [kind('apples', 'v2')]);
  expect(catalog.definitions()).toHaveLength(2);
});

it('derives anew only after a change', () => {
  const catalog = new ResourceCatalog();
  let made = 0;
  const count = catalog.derive((definitions) => {
    made += 1;
    return definitions.length;
  });
  expect([count(), count(), made]).toEqual([0, 0, 1]);
  catalog.set('a', [kind('apples')]);
  expect([count(), count(), made]).toEqual([1, 1, 2]);
});
