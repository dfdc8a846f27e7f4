import { describe, expect, it } from 'vitest';
import { canonicalQuantity, compareQuantities, parseQuantity, quantityToMillis, quantityToNumber } from './quantity.ts';

describe('canonicalQuantity', () => {
  it.each([
    ['0', '0'],
    ['0Ki', '0'],
    ['-0', '0'],
    ['1', '1'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['5.', '5'],
    ['1024Ki', '1Mi'],
    ['1Ki', '1Ki'],
    ['512Mi', '512Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1023Ki', '1023Ki'],
    ['1000', '1k'],
    ['1500', '1500'],
    ['1000000', '1M'],
    ['100k', '100k'],
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['1E', '1E'],
    ['12e-3', '12e-3'],
    ['1e6', '1e6'],
    ['100e1', '1e3'],
    ['+7', '7'],
    ['-1.5', '-1500m'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['-0.1n', '-1n'],
    ['1u', '1u'],
    ['100000000000000000000', '9223372036854775807'],
    ['16Ei', '9223372036854775807'],
    ['0.1Ki', '102400m'],
    ['1.1Ki', '1127'],
    [2, '2'],
    [0.25, '250m'],
  ])('%s is %s', (text, expected) => {
    expect(canonicalQuantity(text)).toBe(expected);
  });

  it.each(['', 'x', '1x', '1 ', '1KI', '1ki', '--1', '1..2', '1e', '1.2.3', '1mm'])('refuses %j', (text) => {
    expect(() => canonicalQuantity(text)).toThrow('quantities must match the regular expression');
  });
});

describe('comparison', () => {
  it('compares over forms', () => {
    expect(compareQuantities(parseQuantity('1024Mi'), parseQuantity('1Gi'))).toBe(0);
    expect(compareQuantities(parseQuantity('1G'), parseQuantity('1Gi'))).toBe(-1);
    expect(compareQuantities(parseQuantity('2'), parseQuantity('1999m'))).toBe(1);
  });

  it('gives plain numbers', () => {
    expect(quantityToNumber(parseQuantity('1500m'))).toBe(1.5);
    expect(quantityToNumber(parseQuantity('64Mi'))).toBe(67_108_864);
    expect(quantityToMillis(parseQuantity('100u'))).toBe(1);
    expect(quantityToMillis(parseQuantity('2'))).toBe(2000);
  });
});

it('refuses a long text quickly', () => {
  const started = performance.now();
  expect(() => parseQuantity(`${'1'.repeat(200_000)}x`)).toThrow();
  expect(performance.now() - started).toBeLessThan(1000);
});
