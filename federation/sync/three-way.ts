import { isObject, type UnknownObject } from '../../src/apimachinery/index.ts';

/** Which fields were written, without what is in them. Lists count as one. */
export interface FieldTree {
  readonly [name: string]: FieldTree | 1;
}

export function fieldsOf(content: UnknownObject): FieldTree {
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, isObject(value) ? fieldsOf(value) : 1] as const),
  );
}

/** `undefined` for what is no such tree, as where somebody edited it by hand. */
export function parseFields(text: string | undefined): FieldTree | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch (err) {
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}

function isFields(value: unknown): value is FieldTree {
  return isObject(value) && Object.values(value).every((field) => field === 1 || isFields(field));
}

/** What is there with what is wanted in it, and without what was written and is wanted no longer. */
export function merged3(present: UnknownObject, wanted: UnknownObject, written: FieldTree): UnknownObject {
  const result: Record<string, unknown> = { ...present };
  for (const [name, fields] of Object.entries(written)) {
    if (Object.hasOwn(wanted, name)) continue;
    const value = result[name];
    const rest = fields !== 1 && isObject(value) ? merged3(value, {}, fields) : {};
    if (Object.keys(rest).length === 0) Reflect.deleteProperty(result, name);
    else result[name] = rest;
  }
  for (const [name, value] of Object.entries(wanted)) {
    const there = result[name];
    const fields = written[name];
    result[name] =
      isObject(value) && isObject(there)
        ? merged3(there, value, fields === undefined || fields === 1 ? {} : fields)
        : value;
  }
  return result;
}
