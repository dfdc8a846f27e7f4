import { isEmptySet, parseFieldSet, type ManagedFieldsEntry, type Owner } from '../../apimachinery/index.ts';

/** Who owns fields, by what is told apart: a manager's applies, and its other writes in each version and subresource. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource: string;
}

export interface ManagedOwner extends Manager, Owner {
  /** RFC 3339; when it last changed something. */
  readonly time: string | undefined;
}

/** Appliers keep one identity in all versions. */
export function identityOf({ manager, operation, subresource }: Manager, apiVersion: string): string {
  return JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

/** Throws `SyntaxError` for entries that make no sense, as a client may send them. */
export function readEntries(entries: readonly ManagedFieldsEntry[]): Map<string, ManagedOwner> {
  const owners = new Map<string, ManagedOwner>();
  for (const [index, entry] of entries.entries()) {
    const owner = readEntry(entry, index);
    owners.set(identityOf(owner, owner.apiVersion), owner);
  }
  return owners;
}

function readEntry(entry: ManagedFieldsEntry, index: number): ManagedOwner {
  const { manager = '', operation, apiVersion = '', subresource = '', time, fieldsType = '', fieldsV1 = {} } = entry;
  // What a client sent need not be what the type says.
  if (operation !== 'Apply' && operation !== 'Update') throw new SyntaxError('operation must be `Apply` or `Update`');
  if (apiVersion === '') throw new SyntaxError('apiVersion must not be empty');
  if (fieldsType === '') throw new SyntaxError(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== 'FieldsV1') {
    throw new SyntaxError(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`);
  }
  const fields = parseFieldSet(fieldsV1);
  return { manager, operation, apiVersion, subresource, time, applied: operation === 'Apply', fields };
}

/** In the order in which they are shown: applies first, and then the oldest. */
export function writeEntries(owners: Iterable<ManagedOwner>): readonly ManagedFieldsEntry[] {
  return [...owners]
    .filter(({ fields }) => !isEmptySet(fields))
    .sort(byPlace)
    .map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
      manager,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: fields,
      ...(subresource === '' ? {} : { subresource }),
    }));
}

function byPlace(a: ManagedOwner, b: ManagedOwner): number {
  const place = ({ operation, time = '', manager, apiVersion, subresource }: ManagedOwner) =>
    [operation, time, manager, apiVersion, subresource] as const;
  const [left, right] = [place(a), place(b)];
  const index = left.findIndex((value, at) => value !== right[at]);
  return index === -1 ? 0 : (left[index] ?? '') < (right[index] ?? '') ? -1 : 1;
}
