import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { UnknownObject } from '../json.ts';
import { applyConfig } from './apply.ts';
import type { ObjectVersions } from './change.ts';
import type { MergeType } from './merge-type.ts';
import type { Owners } from './owners.ts';

const type: MergeType = { kind: 'map', field: () => undefined, values: { kind: 'scalar', of: 'untyped' } };
const versions: ObjectVersions = { typeOf: () => type, convert: async (object) => object };
const config = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 2 }), { noNullPrototype: true });
const step = fc.record({ by: fc.constantFrom('x', 'y', 'z'), config, force: fc.boolean() });

/** A field as simply as can be: its value and who applied that value. */
type Model = Map<string, { value: unknown; owners: Set<string> }>;

function takeInModel(model: Model, by: string, wanted: UnknownObject, force: boolean): boolean {
  const takes = Object.entries(wanted).filter(([name, value]) => {
    const field = model.get(name);
    return field !== undefined && field.value !== value && [...field.owners].some((owner) => owner !== by);
  });
  if (takes.length > 0 && !force) return false;
  for (const [name, field] of model) {
    if (name in wanted || !field.owners.delete(by)) continue;
    if (field.owners.size === 0) model.delete(name);
  }
  for (const [name, value] of Object.entries(wanted)) {
    const field = model.get(name);
    if (field !== undefined && field.value === value) field.owners.add(by);
    else model.set(name, { value, owners: new Set([by]) });
  }
  return true;
}

it('agrees with a model of values and their owners, whoever applies what', async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
    const model: Model = new Map();
    let object: UnknownObject = {};
    let owners: Owners = new Map();
    for (const { by, config: wanted, force } of steps) {
      const accepted = takeInModel(model, by, wanted, force);
      const base = { live: object, config: wanted, apiVersion: 'v1', owners, self: by, versions };
      const applied = await applyConfig({ ...base, filter: (set) => set });
      expect(applied.conflicts.length === 0 || force).toBe(accepted);
      if (accepted) ({ object, owners } = applied);
      expect(object).toEqual(Object.fromEntries([...model].map(([name, { value }]) => [name, value])));
      for (const id of ['x', 'y', 'z']) {
        const own = [...model].filter(([, field]) => field.owners.has(id)).map(([name]) => `f:${name}`);
        expect(Object.keys(owners.get(id)?.fields ?? {}).sort()).toEqual(own.sort());
      }
    }
  });
  await fc.assert(property, { numRuns: 300 });
});
