/** Freezes a JSON value through and through. What is frozen already is taken to be so all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const content of Object.values(value)) deepFreeze(content);
  return value;
}
