const MAX_INT_64 = 2n ** 63n - 1n;

/** What JavaScript has and its declarations do not know of yet. */
interface RawJson {
  /** Something that `JSON.stringify` writes as this text. */
  rawJSON(text: string): object;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}

// @NOTE Node 22 and later have both.
const json = JSON as unknown as RawJson;

/**
 * A whole number that a `number` cannot hold without a change of its last digits, which Kubernetes keeps up to 64 bits.
 * JSON is written with the very digits; in arithmetic and comparisons it is the nearest number. So it may stand where a type
 * promises a number, but for `===` and `typeof`: compare with `deepEqual`.
 */
export class ExactInteger {
  readonly #value: bigint;

  private constructor(value: bigint) {
    this.#value = value;
  }

  /** A number where that is the same; it is one as well, as it is to Kubernetes, beyond 64 bits. */
  static from(value: bigint): number | ExactInteger {
    const nearest = Number(value);
    return Number.isSafeInteger(nearest) || !isInt64(value) ? nearest : new ExactInteger(value);
  }

  get value(): bigint {
    return this.#value;
  }

  toString(): string {
    return String(this.#value);
  }

  toJSON(): object {
    return json.rawJSON(this.toString());
  }

  [Symbol.toPrimitive](hint: 'default' | 'number' | 'string'): string | number {
    return hint === 'string' ? this.toString() : Number(this.#value);
  }
}

function isInt64(value: bigint): boolean {
  return value <= MAX_INT_64 && value >= -MAX_INT_64 - 1n;
}

/** `JSON.parse` that keeps the digits of 64-bit integers. Costs nothing where no number is that long. */
export function parseJson(text: string): unknown {
  return hasLongNumber(text) ? json.parse(text, exactly) : JSON.parse(text);
}

const WHOLE = /^-?\d+$/;

function exactly(_key: string, value: unknown, { source = '' }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !WHOLE.test(source)) return value;
  // More digits than 64 bits have need not be counted.
  return source.length > 20 ? value : ExactInteger.from(BigInt(source));
}

/** The fewest digits of a number that is not safe. */
const LONG = 16;

/** Whether there is a run of so many digits, which may be in a string: any such has one at a multiple of its length. */
export function hasLongNumber(text: string): boolean {
  for (let index = LONG - 1; index < text.length; index += LONG) {
    if (isDigit(text, index) && isLongRun(text, index)) return true;
  }
  return false;
}

function isLongRun(text: string, within: number): boolean {
  let start = within;
  while (isDigit(text, start - 1) && within - start < LONG) start -= 1;
  let end = start + 1;
  while (isDigit(text, end) && end - start < LONG) end += 1;
  return end - start >= LONG;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0x30 && code <= 0x39;
}
