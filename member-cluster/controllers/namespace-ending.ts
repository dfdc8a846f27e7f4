import { isNamespaceTerminating, isNotFound } from '../../src/apimachinery/index.ts';

/** A create was refused because its namespace is being deleted, or is gone: trying again cannot help. */
export function isNamespaceEnding(err: unknown): boolean {
  return isNotFound(err) || isNamespaceTerminating(err);
}
