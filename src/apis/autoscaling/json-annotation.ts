import { badRequest, createSchemaCheck, isList, isObject, SchemaMismatch } from '../../apimachinery/index.ts';
import { typeTable } from '../type-table.ts';

const check = createSchemaCheck(typeTable);

/** What an annotation holds that is JSON; `undefined` where there is none. */
export function parsed(annotation: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (err) {
    throw badRequest(`metadata.annotations[${annotation}] is not JSON`, err);
  }
}

/** The objects that an annotation lists, each of which fits the type; none where there is no annotation. */
export function parsedList(annotation: string, text: string | undefined, typeName: string): readonly unknown[] {
  const value = parsed(annotation, text) ?? [];
  if (!isList(value)) throw badRequest(`metadata.annotations[${annotation}] is not a list`);
  return value.map((item) => checked(annotation, item, typeName));
}

/** The object if it fits the type. */
export function checked(annotation: string, value: unknown, typeName: string): unknown {
  if (!isObject(value)) throw badRequest(`metadata.annotations[${annotation}] does not hold what it should`);
  try {
    return check(value, typeName).value;
  } catch (err) {
    if (!(err instanceof SchemaMismatch)) throw err;
    throw badRequest(`metadata.annotations[${annotation}]: ${err.message}`, err);
  }
}
