import { formatPath, statusError, type Conflict, type StatusError } from '../../apimachinery/index.ts';
import type { ManagedOwner } from './entries.ts';

/** 409 with a cause for each field that somebody else owns. */
export function applyConflict(conflicts: readonly Conflict[], owners: ReadonlyMap<string, ManagedOwner>): StatusError {
  const found = conflicts.map(({ owner, path }) => ({ by: describe(owners.get(owner)), field: formatPath(path) }));
  const causes = found.map(({ by, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${by}`,
    field,
  }));
  return statusError(409, 'Conflict', messageOf(found), { details: { causes } });
}

interface Found {
  readonly by: string;
  readonly field: string;
}

function messageOf(found: readonly Found[]): string {
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) {
    return `Apply failed with 1 conflict: conflict with ${only.by}: ${only.field}`;
  }
  const managers = [...new Set(found.map(({ by }) => by))].sort();
  const lines = managers.flatMap((manager) => [
    `conflicts with ${manager}:`,
    ...found.filter(({ by }) => by === manager).map(({ field }) => `- ${field}`),
  ]);
  return `Apply failed with ${found.length} conflicts: ${lines.join('\n')}`;
}

function describe(owner: ManagedOwner | undefined): string {
  if (owner === undefined) return '""';
  const { manager, subresource, operation, apiVersion } = owner;
  const name = JSON.stringify(manager);
  const part = subresource === '' ? name : `${name} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Update' ? `${part} using ${apiVersion}` : part;
}
