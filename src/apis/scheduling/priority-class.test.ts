import { expect, it } from 'vitest';
import type { PriorityClass } from '../generated/wire-types.ts';
import { priorityClasses, systemPriorityClasses } from './priority-class.ts';

const { strategy } = priorityClasses;
const texts = (errors: readonly { field: string; message: string }[] = []) =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const priorityClass = (change: Partial<PriorityClass> = {}, name = 'a'): PriorityClass => {
  const object = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, ...change };
  return strategy.defaults?.(object) ?? object;
};
const reserved =
  "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only.";

it.each<[string, PriorityClass, readonly string[]]>([
  ['all is well', priorityClass({ value: 1_000_000_000 }), []],
  [
    'too high',
    priorityClass({ value: 1_000_000_001 }),
    ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
  ],
  [
    "the system's prefix",
    priorityClass({}, 'system-me'),
    [`${reserved} error: system-me is not a known system priority class`],
  ],
  [
    "the system's name at another height",
    priorityClass({ value: 1 }, 'system-node-critical'),
    [`${reserved} error: value of system-node-critical PriorityClass must be 2000001000`],
  ],
  [
    'a policy',
    priorityClass({ preemptionPolicy: 'Ask' }),
    ['preemptionPolicy: Unsupported value: "Ask": supported values: "Never", "PreemptLowerPriority"'],
  ],
])('validates %s', (_name, object, expected) => {
  expect(texts(strategy.validate?.(object))).toEqual(expected);
});

it("takes the system's own", () => {
  expect(systemPriorityClasses.flatMap((object) => strategy.validate?.(object) ?? [])).toEqual([]);
});

it('stays as high as it is', () => {
  expect(texts(strategy.validateUpdate?.(priorityClass({ value: 2 }), priorityClass({ value: 1 })))).toEqual([
    'value: Forbidden: may not be changed in an update.',
  ]);
});
