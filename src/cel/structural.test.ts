import { expect, it } from 'vitest';

import { celTypeOfSchema, compileCel, toJson, type StructuralSchema } from './index.ts';

const schema: StructuralSchema = {
  type: 'object',
  required: ['replicas'],
  properties: {
    replicas: { type: 'integer' },
    ratio: { type: 'number' },
    name: { type: 'string', maxLength: 63 },
    'x-y.z/w': { type: 'string' },
    namespace: { type: 'string' },
    a__b: { type: 'string' },
    since: { type: 'string', format: 'date-time' },
    every: { type: 'string', format: 'duration' },
    blob: { type: 'string', format: 'byte' },
    port: { 'x-kubernetes-int-or-string': true },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    byName: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', properties: { name: { type: 'string' }, n: { type: 'integer' } } },
    },
    list: { type: 'array', items: { type: 'string' } },
    template: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    anything: { 'x-kubernetes-preserve-unknown-fields': true },
    maybe: { type: 'string', nullable: true },
  },
};

const self = celTypeOfSchema(schema, { resourceRoot: true, name: 'self' });

function run(expression: string, value: object = {}, oldValue: object = {}): unknown {
  if (self === undefined) throw new TypeError('the schema has a type');
  const compiled = compileCel({ expression, variables: { self, oldSelf: self } });
  if (!compiled.ok) return compiled.message;
  const outcome = compiled.program.evaluate({ self: value, oldSelf: oldValue });
  return outcome.ok ? toJson(outcome.value) : `error: ${outcome.error}`;
}

it.each<[string, object, unknown]>([
  ['self.replicas + 1', { replicas: 2 }, 3],
  ['self.ratio > 1.0', { ratio: 2 }, true],
  ['self.x__dash__y__dot__z__slash__w', { 'x-y.z/w': 'v' }, 'v'],
  ['self.__namespace__ + self.a__underscores__b', { namespace: 'n', a__b: 'u' }, 'nu'],
  ['self.since.getFullYear()', { since: '2024-01-02T03:04:05Z' }, 2024],
  ['self.every > duration("1h")', { every: '61m' }, true],
  ['self.blob == b"abc"', { blob: 'YWJj' }, true],
  ['type(self.port) == int ? self.port > 1 : self.port == "http"', { port: 'http' }, true],
  ['self.labels.all(k, self.labels[k] != "")', { labels: { a: 'b' } }, true],
  ['self.metadata.name + self.kind', { metadata: { name: 'n' }, kind: 'K' }, 'nK'],
  ['self.template.metadata.name', { template: { metadata: { name: 't' } } }, 't'],
  ['self.name == "x"', {}, 'error: no such key: name'],
  ['has(self.name)', {}, false],
  ['self.replicas > 1', { replicas: 'two' }, 'error: invalid data, expected int, got string'],
])('reads values by their schema: %s', (expression, value, expected) => {
  expect(run(expression, value)).toEqual(expected);
});

it.each([
  ['self.nope', "undefined field 'nope'"],
  ['self.anything', "undefined field 'anything'"],
  ['self.template.spec', "undefined field 'spec'"],
  ['self.metadata.labels', "undefined field 'labels'"],
  ['self.replicas == "1"', "found no matching overload for '_==_' applied to '(int, string)'"],
  ['self.byName[0].n + 1.0', "found no matching overload for '_+_' applied to '(int, double)'"],
  ['self.replicas.x', "type 'int' does not support field selection"],
  ['self.byName == self.list', "'(list(self.byName.@idx), list(string))'"],
])('checks against the schema: %s', (expression, expected) => {
  expect(run(expression)).toContain(expected);
});

it.each<[string, object, object, unknown]>([
  ['self.set == oldSelf.set', { set: ['a', 'b'] }, { set: ['b', 'a'] }, true],
  ['self.set + ["a", "c"]', { set: ['a', 'b'] }, {}, ['a', 'b', 'c']],
  ['self.list == oldSelf.list', { list: ['a', 'b'] }, { list: ['b', 'a'] }, false],
  [
    'self.byName == oldSelf.byName',
    { byName: [{ name: 'a', n: 1 }, { name: 'b' }] },
    { byName: [{ name: 'b' }, { name: 'a', n: 1 }] },
    true,
  ],
  ['self.byName == oldSelf.byName', { byName: [{ name: 'a', n: 1 }] }, { byName: [{ name: 'a', n: 2 }] }, false],
  [
    'self.byName + oldSelf.byName',
    { byName: [{ name: 'a', n: 1 }] },
    { byName: [{ name: 'b' }, { name: 'a', n: 2 }] },
    [{ name: 'a', n: 2 }, { name: 'b' }],
  ],
  ['self == oldSelf', { set: ['a', 'b'], extra: { z: 1 } }, { set: ['b', 'a'], extra: { z: 1 } }, true],
  ['self == oldSelf', { set: ['a'], extra: { z: 1 } }, { set: ['a'], extra: { z: 2 } }, false],
])('compares and joins lists as they are declared: %s', (expression, value, oldValue, expected) => {
  expect(run(expression, value, oldValue)).toEqual(expected);
});

it('says which variables an expression reads', () => {
  const variables = { self: self!, oldSelf: self! };
  const compiled = compileCel({ expression: 'self.replicas >= oldSelf.replicas', variables });
  expect(compiled.ok && [...compiled.program.reads]).toEqual(['self', 'oldSelf']);
  const shadowed = compileCel({ expression: '[1].all(oldSelf, oldSelf > 0)', variables });
  expect(shadowed.ok && [...shadowed.program.reads]).toEqual([]);
});

function estimated(expression: string, of: StructuralSchema): number {
  const type = celTypeOfSchema(of);
  const compiled = compileCel({ expression, variables: { self: type! } });
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.program.estimatedCost.max;
}

const bounded: StructuralSchema = { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 25 } };
const unbounded: StructuralSchema = { type: 'array', items: { type: 'string' } };

it('estimates by the bounds of the schema', () => {
  expect(estimated('self.all(x, x.contains("abc"))', bounded)).toBe(142);
  expect(estimated('self.all(x, x == "abc")', unbounded)).toBeGreaterThan(1_000_000);
  expect(estimated('self.all(x, self.all(y, x == y))', unbounded)).toBeGreaterThan(10_000_000);
});

it('never costs more than was estimated', () => {
  const values = Array.from({ length: 10 }, (_, index) => 'é'.repeat(20) + String(index));
  for (const expression of [
    'self.all(x, x.contains("abc") || x.matches("[a-z]+"))',
    'self.map(x, x + x).exists(y, y == "never")',
    'self.filter(x, x.size() > 3).join(",").size() > 2',
    'self.all(x, self.exists_one(y, x == y))',
    'cel.bind(n, self.size(), self.all(x, x.split("").size() <= n * 100))',
  ]) {
    const compiled = compileCel({ expression, variables: { self: celTypeOfSchema(bounded)! } });
    const outcome = compiled.ok ? compiled.program.evaluate({ self: values }) : undefined;
    expect(outcome?.ok, expression).toBe(true);
    expect(outcome?.cost).toBeLessThanOrEqual(estimated(expression, bounded));
  }
});
