import { describe, expect, it } from 'vitest';
import {
  formatSelector,
  labelSelectorOf,
  matchesLabels,
  parseLabelSelector,
  selectorOfLabels,
} from './label-selector.ts';

describe('parseLabelSelector', () => {
  it.each([
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'b' }, true],
    ['a=b', { a: 'c' }, false],
    ['a=b', {}, false],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a=', { a: '' }, true],
    ['a in (b,c)', { a: 'c' }, true],
    ['a in (b,c)', { a: 'd' }, false],
    ['a notin (b,c)', {}, true],
    ['a notin (b, c)', { a: 'b' }, false],
    ['a in (,b)', { a: '' }, true],
    ['a in (b,)', { a: '' }, true],
    ['a', { a: '' }, true],
    ['a', {}, false],
    ['!a', {}, true],
    ['! a', { a: '' }, false],
    ['a>3', { a: '10' }, true],
    ['a<3', { a: '10' }, false],
    ['a>3', { a: 'x' }, false],
    ['a>3', {}, false],
    ['in in (in),b', { in: 'in', b: '' }, true],
    [' x = y , example.com/z notin(q) ', { x: 'y', 'example.com/z': 'r' }, true],
    ['', { anything: 'goes' }, true],
    ['toString', {}, false],
  ])('%s on %j is %s', (text, labels, expected) => {
    expect(matchesLabels(parseLabelSelector(text), labels)).toBe(expected);
  });

  it.each([
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=b,', "found '', expected: identifier after ','"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    [
      'a in ()',
      "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    ],
    ['a==!', "unable to parse requirement: found '!', expected: identifier"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a toString b', "unable to parse requirement: found 'toString', expected: in, notin, =, ==, !=, gt, lt"],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ])('refuses %s', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(message);
  });

  it('refuses keys and values that no label can have', () => {
    expect(() => parseLabelSelector('-a=b')).toThrow(
      'unable to parse requirement: <nil>: Invalid value: "-a": name part must',
    );
    expect(() => parseLabelSelector('a=-b')).toThrow('values[0][a]: Invalid value: "-b": a valid label must');
  });

  it.each(['a=b', 'a!=b', 'a in (b,c)', 'a notin (b)', 'a', '!a', 'a>1', 'a=1,b=2'])(
    '%s is written as it is read',
    (text) => {
      expect(formatSelector(parseLabelSelector(text))).toBe(text);
    },
  );
});

describe('labelSelectorOf', () => {
  it('lets an absent selector match nothing and an empty one everything', () => {
    expect(matchesLabels(labelSelectorOf(undefined), { a: 'b' })).toBe(false);
    expect(matchesLabels(labelSelectorOf(undefined), undefined)).toBe(false);
    expect(matchesLabels(labelSelectorOf({}), undefined)).toBe(true);
  });

  it('joins labels and expressions', () => {
    const selector = labelSelectorOf({
      matchLabels: { z: '1', a: '2' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['web', 'db'] },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    });
    expect(formatSelector(selector)).toBe('a=2,z=1,tier in (db,web),!old');
    expect(matchesLabels(selector, { a: '2', z: '1', tier: 'db' })).toBe(true);
    expect(matchesLabels(selector, { a: '2', z: '1', tier: 'db', old: '' })).toBe(false);
  });

  it('refuses an unknown operator', () => {
    expect(() => labelSelectorOf({ matchExpressions: [{ key: 'a', operator: 'Near' }] })).toThrow(
      '"Near" is not a valid label selector operator',
    );
  });
});

it('a plain map is a selector in which all must match', () => {
  expect(formatSelector(selectorOfLabels({ b: '2', a: '1' }))).toBe('a=1,b=2');
});
