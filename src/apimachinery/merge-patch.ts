import { isObject, setField } from './json.ts';

/** RFC 7386. The original is not touched; what did not change is shared. */
export function applyMergePatch(original: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;

  const merged: Record<string, unknown> = isObject(original) ? { ...original } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, field);
    else setField(merged, field, applyMergePatch(Object.hasOwn(merged, field) ? merged[field] : undefined, value));
  }
  return merged;
}
