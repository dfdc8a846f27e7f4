/**
 * Whether `actual` has everything that `wanted` says. Fields that only `actual` has are the member's own: defaults
 * that its version of Kubernetes fills in. Lists must be of equal length, item by item. A wanted `null` asks
 * for nothing, and an empty list or object may be missing, for API servers leave such fields out.
 */
export function hasAll(actual: unknown, wanted: unknown): boolean {
  if (wanted === undefined || wanted === null) return true;
  if (isEmpty(wanted) && actual === undefined) return true;
  if (Array.isArray(wanted)) {
    const list: readonly unknown[] = wanted;
    return (
      Array.isArray(actual) && actual.length === list.length && list.every((item, index) => hasAll(actual[index], item))
    );
  }
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return false;
  const fields = new Map<string, unknown>(Object.entries(actual));
  return Object.entries(wanted).every(([name, value]) => hasAll(fields.get(name), value));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
