import { opaque, type CelType } from '../cel-type.ts';
import { CelError, noSuchOverload } from '../values/cel-error.ts';
import type { CelValue } from '../values/cel-value.ts';
import { parses } from './ip.ts';
import { overload, traversal, type Overload } from './overload.ts';
import * as receive from './receive.ts';

/** A semantic version, 2.0.0; build metadata does not count in comparisons. */
class SemverValue {
  readonly celType: CelType = SEMVER_TYPE;
  readonly numbers: readonly bigint[];
  readonly prerelease: readonly string[];

  private constructor(numbers: readonly bigint[], prerelease: readonly string[]) {
    this.numbers = numbers;
    this.prerelease = prerelease;
  }

  /** Throws `CelError`. */
  static parse(text: string): SemverValue {
    const [, major, minor, patch, prerelease] = SHAPE.exec(text) ?? [];
    if (major === undefined || minor === undefined || patch === undefined) {
      throw new CelError(
        text === '' ? 'Version string empty' : `No Major.Minor.Patch elements found: ${JSON.stringify(text)}`,
      );
    }
    return new SemverValue([BigInt(major), BigInt(minor), BigInt(patch)], prerelease?.split('.') ?? []);
  }

  /** Accepts `v1.0` and leading zeros. */
  static parseLeniently(text: string): SemverValue {
    const [first = '', second, ...rest] = text.replace(/^v/, '').split('.');
    const parts = [first, ...(second === undefined ? [] : [second]), ...(rest.length > 0 ? [rest.join('.')] : [])];
    const trimmed = parts.map((part) => part.replace(/^0+(?=\d)/, ''));
    if (trimmed.length < 3 && /[+-]/.test(trimmed.at(-1) ?? '')) {
      throw new CelError('short version cannot contain PreRelease/Build meta data');
    }
    return SemverValue.parse([...trimmed, '0', '0'].slice(0, 3).join('.'));
  }

  compareTo(other: CelValue): number {
    const { numbers, prerelease } = semver(other);
    for (const [index, number] of this.numbers.entries()) {
      const difference = number - (numbers[index] ?? 0n);
      if (difference !== 0n) return difference < 0n ? -1 : 1;
    }
    return comparePrerelease(this.prerelease, prerelease);
  }

  equals(other: CelValue): boolean {
    return other instanceof SemverValue && this.compareTo(other) === 0;
  }
}

const SEMVER_TYPE = opaque('kubernetes.Semver');
const S = 'kubernetes.Semver';
const NUMBER = '(0|[1-9]\\d{0,19})';
const SHAPE = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-((?:0|[1-9]\\d*|\\d*[A-Za-z-][\\dA-Za-z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[A-Za-z-][\\dA-Za-z-]*))*))?(?:\\+[\\dA-Za-z-]+(?:\\.[\\dA-Za-z-]+)*)?$`,
);

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length);
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

/** Numbers by value and before words. */
function compareIdentifiers(a: string, b: string): number {
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  if (a === b) return 0;
  if (isNumberA && a.length !== b.length) return a.length < b.length ? -1 : 1;
  return a < b ? -1 : 1;
}

function semver(value: CelValue | undefined): SemverValue {
  if (value instanceof SemverValue) return value;
  throw noSuchOverload();
}

function parse(text: CelValue | undefined, lenient: CelValue | undefined): SemverValue {
  return receive.bool(lenient)
    ? SemverValue.parseLeniently(receive.string(text))
    : SemverValue.parse(receive.string(text));
}

const scan = { cost: ([size = 0]: readonly number[]) => traversal(size) };

export const SEMVERS: readonly Overload[] = [
  overload('semver', `(string): ${S}`, ([text]) => parse(text, false), scan),
  overload('semver', `(string, bool): ${S}`, ([text, lenient]) => parse(text, lenient), scan),
  overload('isSemver', '(string): bool', ([text]) => parses(() => parse(text, false)), scan),
  overload('isSemver', '(string, bool): bool', ([text, lenient]) => parses(() => parse(text, lenient)), scan),
  ...['major', 'minor', 'patch'].map((name, index) =>
    overload(name, `${S}.(): int`, ([value]) => semver(value).numbers[index] ?? 0n),
  ),
  overload('isGreaterThan', `${S}.(${S}): bool`, ([a, b]) => semver(a).compareTo(semver(b)) > 0),
  overload('isLessThan', `${S}.(${S}): bool`, ([a, b]) => semver(a).compareTo(semver(b)) < 0),
  overload('compareTo', `${S}.(${S}): int`, ([a, b]) => BigInt(semver(a).compareTo(semver(b)))),
];
