import { invalidValue, type FieldError } from '../../apimachinery/index.ts';

/** What a schema has to say against a value, in the words of upstream. */
export class Findings {
  readonly errors: FieldError[] = [];
  /** How many rules held: of several alternatives the one that fits best tells what is wrong. */
  held = 0;

  get isValid(): boolean {
    return this.errors.length === 0;
  }

  merge(other: Findings): void {
    this.errors.push(...other.errors);
    this.held += other.held;
  }

  check(holds: boolean, error: () => FieldError): void {
    if (holds) this.held += 1;
    else this.errors.push(error());
  }
}

export function wrongType(path: string, wanted: string, got: string): FieldError {
  const message = `${path} in body must be of type ${wanted}: ${JSON.stringify(got)}`;
  return { ...invalidValue(path, got, message.trimStart()), reason: 'FieldValueTypeInvalid' };
}

/** `should`: such as `be at least 3 chars long`. */
export function shouldBe(path: string, value: unknown, should: string): FieldError {
  return invalidValue(path, value, `${path} in body should ${should}`.trimStart());
}

export function unsupported(path: string, value: unknown, supported: readonly unknown[]): FieldError {
  const texts = supported.map((item) => JSON.stringify(typeof item === 'string' ? item : JSON.stringify(item)));
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${texts.join(', ')}`;
  return { reason: 'FieldValueNotSupported', field: path, message };
}

/** Upstream names no field for those. */
export function combination(path: string, message: string): FieldError {
  return invalidValue('<nil>', '', `${JSON.stringify(path)} must ${message}`);
}
