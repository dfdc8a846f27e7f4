import { isNotFound, isStatusError } from '../../src/apimachinery/index.ts';

/** The path itself is unknown, as opposed to an object there. */
export function isNotServed(err: unknown): boolean {
  if (!isStatusError(err)) return false;
  return (isNotFound(err) && err.status.details?.name === undefined) || err.code === 405;
}
