/** One problem with one field, worded as Kubernetes' `field.Error` is: `spec.ports[0].port: Invalid value: 0: must be…`. */
export interface FieldError {
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid'
    | 'FieldValueNotFound';
  /** Without the field: `Required value: must specify a name`. */
  readonly message: string;
  readonly field: string;
}

const withDetail = (head: string, detail: string | undefined) =>
  detail === undefined || detail === '' ? head : `${head}: ${detail}`;

/** Go prints strings quoted and everything else as JSON would. */
const shown = (value: unknown) => (value === undefined ? 'null' : JSON.stringify(value));

export function required(field: string, detail?: string): FieldError {
  return { reason: 'FieldValueRequired', field, message: withDetail('Required value', detail) };
}

export function invalidValue(field: string, value: unknown, detail?: string): FieldError {
  return { reason: 'FieldValueInvalid', field, message: withDetail(`Invalid value: ${shown(value)}`, detail) };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  return notSupportedAmong(field, value, [...supported].sort());
}

/** With what is supported in the order that is given: upstream sorts most lists, and not all. */
export function notSupportedAmong(field: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((item) => JSON.stringify(item)).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${shown(value)}: supported values: ${list}`,
  };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${shown(value)}` };
}

export function forbiddenField(field: string, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field, message: withDetail('Forbidden', detail) };
}

export function tooLong(field: string, maxLength: number): FieldError {
  return { reason: 'FieldValueTooLong', field, message: `Too long: may not be more than ${String(maxLength)} bytes` };
}

export function tooMany(field: string, actual: number, max: number): FieldError {
  const message = `Too many: ${String(actual)}: must have at most ${String(max)} items`;
  return { reason: 'FieldValueTooMany', field, message };
}

export function notFoundValue(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueNotFound', field, message: `Not found: ${shown(value)}` };
}
