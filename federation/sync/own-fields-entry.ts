import type { KubeObject, ManagedFieldsEntry } from '../../src/apimachinery/index.ts';
import type { JsonPatchOperation } from '../../src/client/index.ts';

/**
 * What is kept of a copy: of who owns its fields only whether what we created still counts as ours by creation, and
 * nothing where the member does not say.
 */
export function essentialsOfCopy<T extends KubeObject>(object: T, manager: string): T {
  const { managedFields, ...metadata } = object.metadata;
  if (managedFields === undefined) return object;
  const index = indexOfCreation(managedFields, manager);
  const kept = managedFields.slice(0, index + 1).map(({ manager: of = '', operation = 'Update' }) => ({
    manager: of,
    operation,
  }));
  return { ...object, metadata: { ...metadata, managedFields: kept } };
}

/** Otherwise there is no telling what would become of fields that are not asked for any more. */
export function saysWhoOwnsWhat({ metadata }: KubeObject): boolean {
  return metadata.managedFields !== undefined;
}

/** Where among the owners we are as the one who created the copy; absent once we are the one who applies it. */
export function creationEntry({ metadata }: KubeObject, manager: string): number | undefined {
  const index = indexOfCreation(metadata.managedFields ?? [], manager);
  return index === -1 ? undefined : index;
}

/** Makes the creator the one who applies, unless the copy or its owners have changed since. */
export function takeOver({ metadata }: KubeObject, index: number, manager: string): readonly JsonPatchOperation[] {
  const entry = `/metadata/managedFields/${index}`;
  return [
    { op: 'test', path: '/metadata/uid', value: metadata.uid ?? '' },
    { op: 'test', path: `${entry}/manager`, value: manager },
    { op: 'test', path: `${entry}/operation`, value: 'Update' },
    { op: 'replace', path: `${entry}/operation`, value: 'Apply' },
  ];
}

function indexOfCreation(entries: readonly ManagedFieldsEntry[], manager: string): number {
  return entries.findIndex(
    ({ manager: of, operation, subresource = '' }) => of === manager && operation === 'Update' && subresource === '',
  );
}
