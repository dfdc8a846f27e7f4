import { isNotFound, isStatusError } from '../../src/apimachinery/index.ts';

/** A create was refused because its namespace is being deleted, or is gone: trying again cannot help. */
export function isNamespaceEnding(err: unknown): boolean {
  if (isNotFound(err)) return true;
  if (!isStatusError(err, 'Forbidden')) return false;
  return err.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true;
}
