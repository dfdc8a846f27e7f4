import fc from 'fast-check';
import { isList, isObject, setField } from '../../../src/apimachinery/index.ts';

/** Ways in which values have broken programs before. */
const ODD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'then',
  '',
  '0',
  '$ref',
];

const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\ufeff',
  '💥é\u202e',
  'a'.repeat(300),
  'a'.repeat(70_000),
  '9'.repeat(20_000),
  '-'.repeat(20_000),
  '.'.repeat(5_000),
  `${'a'.repeat(30)}!`,
  '1e1000',
  '-1e-99999',
  '1E99999999999',
  '-5Gi',
  '0x10',
  'Infinity',
  'NaN',
  '150%',
  '2026-02-30T25:61:00Z',
  '9999999-01-01T00:00:00Z',
  `@every ${'9'.repeat(3_000)}`,
  '*/0 * * * *',
  '0-99999999999 * * * *',
  '(a+)+$',
  '[',
  '::1',
  '0/0',
  '10.0.0.0/33',
  '../../etc/passwd',
  'null',
  'kube-system',
  '{{.}}',
  'self.all(x, x.all(y, y == x))',
  '1 + 9223372036854775807',
  `${'('.repeat(2_000)}1`,
  ...ODD_KEYS,
];

const ODD_NUMBERS = [0, -1, -0, 0.5, 1e21, 1e308, -1e308, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 + 2, 65_536];

export const oddText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  fc.string({ maxLength: 20, unit: 'binary' }),
);

export const oddKey: fc.Arbitrary<string> = fc.oneof(fc.constantFrom(...ODD_KEYS), oddText);

export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.constantFrom<unknown>(...ODD_NUMBERS),
  fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], [{}], { '': null }),
  fc.integer({ min: 1, max: 1_100 }).map(nested),
  fc.jsonValue({ maxDepth: 3 }),
  oddKey.map((key) => withField({}, key, { polluted: true })),
);

function nested(depth: number): unknown {
  return Array.from({ length: depth }).reduce<unknown>(
    (inner, _, level) => (level % 2 === 0 ? [inner] : { a: inner }),
    1,
  );
}

type Mutation =
  | { readonly type: 'replace'; readonly value: unknown }
  | { readonly type: 'remove' }
  | { readonly type: 'add'; readonly key: string; readonly value: unknown }
  | { readonly type: 'repeat'; readonly times: number };

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('replace'), value: oddValue }) },
  fc.record({ type: fc.constant('remove') }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('add'), key: oddKey, value: oddValue }) },
  fc.record({ type: fc.constant('repeat'), times: fc.constantFrom(2, 3, 2_000) }),
);

/** Anything that JSON can say which is like `value` but for some places. */
export function mutated(value: unknown): fc.Arbitrary<unknown> {
  const change = fc.record({ at: fc.nat({ max: 10_000 }), mutation });
  return fc
    .array(change, { maxLength: 3 })
    .map((changes) => changes.reduce<unknown>((current, { at, mutation: how }) => mutate(current, at, how), value));
}

function mutate(value: unknown, at: number, how: Mutation): unknown {
  const places = countPlaces(value);
  const result = replaceAt(value, { left: at % places }, how);
  return result === REMOVED ? null : result;
}

function countPlaces(value: unknown): number {
  if (!isList(value) && !isObject(value)) return 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + countPlaces(inner), 1);
}

const REMOVED = Symbol('removed');

/** `left.left` counts down the places in the order of the document, to the one that is changed. */
function replaceAt(value: unknown, left: { left: number }, how: Mutation): unknown {
  const isHere = left.left === 0;
  left.left -= 1;
  if (isHere) return changed(value, how);
  if (isList(value)) return value.map((item) => replaceAt(item, left, how)).filter((item) => item !== REMOVED);
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const next = replaceAt(inner, left, how);
    if (next !== REMOVED) setField(copy, key, next);
  }
  return copy;
}

function changed(value: unknown, how: Mutation): unknown {
  switch (how.type) {
    case 'replace':
      return how.value;
    case 'remove':
      return REMOVED;
    case 'add':
      return isObject(value) ? withField(value, how.key, how.value) : [value, how.value];
    case 'repeat':
      return Array.from({ length: isSmall(value) ? how.times : 2 }, () => value);
  }
}

/** So that no body grows far beyond what the server reads. */
function isSmall(value: unknown): boolean {
  return JSON.stringify(value).length < 1_000;
}

function withField(object: object, key: string, value: unknown): object {
  const copy = { ...object };
  setField(copy, key, value);
  return copy;
}
