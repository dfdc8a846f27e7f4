import { expect, it } from 'vitest';
import type { Schema } from '../schema/schema.ts';
import type { Rule } from './compiled-rule.ts';
import { RuleValidator } from './rule-validator.ts';

const integer: Schema = { type: 'integer' };

function schemaWith(...rules: readonly Rule[]): Schema {
  return {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: { min: integer, max: integer, tags: { type: 'array', items: { type: 'string' }, maxItems: 5 } },
        'x-kubernetes-validations': rules,
      },
    },
  };
}

const check = (rule: Rule, spec: object, old?: object) =>
  new RuleValidator(schemaWith(rule))
    .validate({ spec }, old === undefined ? undefined : { spec: old })
    .map(({ field, message }) => `${field}: ${message}`);

const rule = 'self.min <= self.max';

it('tells which rule is broken', () => {
  expect(check({ rule }, { min: 1, max: 2 })).toEqual([]);
  expect(check({ rule }, { min: 3, max: 2 })).toEqual([`spec: Invalid value: "object": failed rule: ${rule}`]);
  expect(check({ rule, message: 'min must not exceed max' }, { min: 3, max: 2 })).toEqual([
    'spec: Invalid value: "object": min must not exceed max',
  ]);
});

it('makes up messages, reasons and fields as it is told', () => {
  const messageExpression = '"min " + string(self.min) + " is too much"';
  expect(check({ rule, messageExpression, fieldPath: '.min' }, { min: 3, max: 2 })).toEqual([
    'spec.min: Invalid value: "object": min 3 is too much',
  ]);
  expect(check({ rule, reason: 'FieldValueForbidden', message: 'no' }, { min: 3, max: 2 })).toEqual([
    'spec: Forbidden: no',
  ]);
});

it('tells what an expression fails of', () => {
  expect(check({ rule }, { max: 2 })).toEqual([
    `spec: Invalid value: "object": no such key: min evaluating rule: ${rule}`,
  ]);
});

it('judges changes', () => {
  const grows = { rule: 'self.max >= oldSelf.max', message: 'may only grow' };
  expect(check(grows, { max: 1 })).toEqual([]);
  expect(check(grows, { max: 1 }, { max: 2 })).toEqual(['spec: Invalid value: "object": may only grow']);
  const first = { rule: 'oldSelf.hasValue() || self.max == 1', optionalOldSelf: true, message: 'begins with 1' };
  expect(check(first, { max: 2 })).toEqual(['spec: Invalid value: "object": begins with 1']);
  expect(check(first, { max: 2 }, { max: 1 })).toEqual([]);
});

it('lets stay what was wrong before', () => {
  const spec = { min: 3, max: 2 };
  expect(check({ rule }, spec, { ...spec })).toEqual([]);
  expect(check({ rule }, { ...spec, tags: ['x'] }, spec)).toHaveLength(1);
});
