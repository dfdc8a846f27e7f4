import {
  deepEqual,
  ExactInteger,
  isList,
  isNumber,
  isObject,
  required,
  tooLong,
  tooMany,
  type FieldError,
  type UnknownObject,
} from '../../apimachinery/index.ts';
import { correlated } from './correlate.ts';
import { combination, Findings, shouldBe, unsupported, wrongType } from './findings.ts';
import { isKnownFormat, isOfFormat } from './formats.ts';
import { matchesPattern } from './patterns.ts';
import { below, itemsOf, schemaOfField, type Schema } from './schema.ts';

/** What is wrong with a value. `path` is where it stands; empty for a resource. */
export function validateValue(value: unknown, schema: Schema, path = ''): readonly FieldError[] {
  return findingsOf(value, schema, path).errors;
}

/** The same of a change: what was there before and is as it was may be as wrong as it was. */
export function validateChange(value: unknown, old: unknown, schema: Schema): readonly FieldError[] {
  return findingsOf(value, schema, '', old).errors;
}

/** `old`: what stood at the same place; `undefined` where nothing did, or where nobody can tell. */
function findingsOf(value: unknown, schema: Schema, path: string, old?: unknown): Findings {
  const findings = new Findings();
  if (old !== undefined && deepEqual(value, old)) return findings;
  checkType(value, schema, path, findings);
  if (value !== null) {
    checkCombinations(value, schema, path, findings);
    if (typeof value === 'string') checkText(value, schema, path, findings);
    else if (isNumber(value)) checkNumber(value, schema, path, findings);
    else if (isList(value)) checkList({ list: value, old }, schema, path, findings);
    else if (isObject(value)) checkObject({ object: value, old }, schema, path, findings);
  }
  const { enum: values } = schema;
  if (values !== undefined && values.length > 0) {
    findings.check(
      values.some((allowed) => deepEqual(allowed, value)),
      () => unsupported(path, value, values),
    );
  }
  return findings;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (value instanceof ExactInteger) return 'integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkType(value: unknown, schema: Schema, path: string, findings: Findings): void {
  const wanted = typesOf(schema);
  const type = typeOf(value);
  const isWanted = wanted.length === 0 || wanted.includes(type);
  const isNumber = type === 'integer' && wanted.includes('number');
  const isNull = value === null && schema.nullable === true;
  findings.check(isWanted || isNumber || isNull, () => wrongType(path, wanted.join(','), type));
}

function typesOf(schema: Schema): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  const { type = '' } = schema;
  return type === '' ? [] : [type];
}

function checkText(text: string, schema: Schema, path: string, findings: Findings): void {
  const { minLength, maxLength, pattern = '', format = '' } = schema;
  const length = maxLength === undefined && minLength === undefined ? 0 : Array.from(text).length;
  if (maxLength !== undefined) findings.check(length <= maxLength, () => tooLong(path, maxLength));
  if (minLength !== undefined) {
    findings.check(length >= minLength, () => shouldBe(path, text, `be at least ${minLength} chars long`));
  }
  if (pattern !== '') {
    findings.check(matchesPattern(text, schema), () => shouldBe(path, text, `match '${pattern}'`));
  }
  if (format !== '' && isKnownFormat(format, schema.type)) {
    findings.check(isOfFormat(text, format), () => wrongType(path, format, text));
  }
}

function checkNumber(given: number | ExactInteger, schema: Schema, path: string, findings: Findings): void {
  const value = Number(given);
  const { minimum, maximum, exclusiveMinimum = false, exclusiveMaximum = false, multipleOf } = schema;
  if (multipleOf !== undefined) {
    const isMultiple = Number.isInteger(Number((value / multipleOf).toPrecision(15)));
    findings.check(isMultiple, () => shouldBe(path, given, `be a multiple of ${multipleOf}`));
  }
  if (maximum !== undefined) {
    const words = exclusiveMaximum ? 'be less than' : 'be less than or equal to';
    findings.check(exclusiveMaximum ? value < maximum : value <= maximum, () =>
      shouldBe(path, given, `${words} ${maximum}`),
    );
  }
  if (minimum !== undefined) {
    const words = exclusiveMinimum ? 'be greater than' : 'be greater than or equal to';
    findings.check(exclusiveMinimum ? value > minimum : value >= minimum, () =>
      shouldBe(path, given, `${words} ${minimum}`),
    );
  }
  checkRange(given, schema, path, findings);
}

function checkRange(
  given: number | ExactInteger,
  { type, format = '' }: Schema,
  path: string,
  findings: Findings,
): void {
  const value = Number(given);
  if (type !== 'integer' || (format !== 'int32' && format !== 'int64')) return;
  const limit = format === 'int32' ? 2 ** 31 : 2 ** 63;
  findings.check(given instanceof ExactInteger ? format === 'int64' : value >= -limit && value < limit, () =>
    wrongType(path, `integer with format ${format}`, String(given)),
  );
}

interface ListChange {
  readonly list: readonly unknown[];
  readonly old: unknown;
}

function checkList({ list, old }: ListChange, schema: Schema, path: string, findings: Findings): void {
  const { minItems, maxItems } = schema;
  const items = itemsOf(schema);
  if (items !== undefined) {
    const before = correlated(schema, old);
    for (const [index, item] of list.entries()) {
      findings.merge(findingsOf(item, items, `${path}[${index}]`, before(item)));
    }
  }
  if (minItems !== undefined) {
    findings.check(list.length >= minItems, () => shouldBe(path, list.length, `have at least ${minItems} items`));
  }
  if (maxItems !== undefined) {
    findings.check(list.length <= maxItems, () => tooMany(path, list.length, maxItems));
  }
}

interface ObjectChange {
  readonly object: UnknownObject;
  readonly old: unknown;
}

function checkObject({ object, old }: ObjectChange, schema: Schema, path: string, findings: Findings): void {
  const { minProperties, maxProperties, required: wanted = [] } = schema;
  const fields = Object.keys(object);
  if (minProperties !== undefined) {
    findings.check(fields.length >= minProperties, () =>
      shouldBe(path, fields.length, `have at least ${minProperties} properties`),
    );
  }
  if (maxProperties !== undefined) {
    findings.check(fields.length <= maxProperties, () => tooMany(path, fields.length, maxProperties));
  }
  for (const name of wanted) findings.check(Object.hasOwn(object, name), () => required(below(path, name)));
  for (const name of fields) {
    const known = schemaOfField(schema, name);
    if (known === undefined) continue;
    const before = isObject(old) && Object.hasOwn(old, name) ? old[name] : undefined;
    findings.merge(findingsOf(object[name], known, below(path, name), before));
  }
}

function checkCombinations(value: unknown, schema: Schema, path: string, findings: Findings): void {
  const { allOf = [], anyOf = [], oneOf = [], not } = schema;
  if (anyOf.length > 0) checkAny(value, anyOf, path, findings);
  if (oneOf.length > 0) checkOne(value, oneOf, path, findings);
  if (allOf.length > 0) checkAll(value, allOf, path, findings);
  if (not !== undefined) {
    findings.check(!findingsOf(value, not, path).isValid, () => combination(path, 'not validate the schema (not)'));
  }
}

function checkAny(value: unknown, schemas: readonly Schema[], path: string, findings: Findings): void {
  const results = schemas.map((schema) => findingsOf(value, schema, path));
  const isMet = results.some(({ isValid }) => isValid);
  findings.check(isMet, () => combination(path, 'validate at least one schema (anyOf)'));
  if (!isMet) findings.merge(closestOf(results));
}

function checkOne(value: unknown, schemas: readonly Schema[], path: string, findings: Findings): void {
  const results = schemas.map((schema) => findingsOf(value, schema, path));
  const count = results.filter(({ isValid }) => isValid).length;
  const found = count === 0 ? 'Found none valid' : `Found ${count} valid alternatives`;
  findings.check(count === 1, () => combination(path, `validate one and only one schema (oneOf). ${found}`));
  if (count === 0) findings.merge(closestOf(results));
}

function checkAll(value: unknown, schemas: readonly Schema[], path: string, findings: Findings): void {
  const results = schemas.map((schema) => findingsOf(value, schema, path));
  for (const result of results) findings.merge(result);
  const count = results.filter(({ isValid }) => isValid).length;
  const none = count === 0 ? '. None validated' : '';
  findings.check(count === results.length, () => combination(path, `validate all the schemas (allOf)${none}`));
}

/** Of alternatives that all failed, the one that most of which held. */
function closestOf(results: readonly Findings[]): Findings {
  return results.reduce((best, result) => (result.held > best.held ? result : best));
}
