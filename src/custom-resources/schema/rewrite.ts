import { setField, type UnknownObject } from '../../apimachinery/index.ts';

/** Copies only when `next` gives another value for some field; `undefined` leaves it out. */
export function rewriteFields(value: UnknownObject, next: (content: unknown, field: string) => unknown): UnknownObject {
  let changed: Record<string, unknown> | undefined;
  for (const field of Object.keys(value)) {
    const content = value[field];
    const result = next(content, field);
    if (result === content) continue;
    changed ??= { ...value };
    if (result === undefined) Reflect.deleteProperty(changed, field);
    else setField(changed, field, result);
  }
  return changed ?? value;
}

/** Copies only when `next` gives another value for some item. */
export function rewriteItems(
  value: readonly unknown[],
  next: (item: unknown, index: number) => unknown,
): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (const [index, item] of value.entries()) {
    const result = next(item, index);
    if (result === item) continue;
    changed ??= [...value];
    changed[index] = result;
  }
  return changed ?? value;
}
