import { validRecordSet, ZoneError, type RecordSet } from '../../zone/index.ts';

/** A set that a provider tells in canonical form, or why it is nothing that could have been published here. */
export function toldSet(set: Omit<RecordSet, 'type' | 'choice'> & { readonly type: string }): RecordSet | string {
  const type = set.type as RecordSet['type']; // @NOTE validRecordSet refuses types that are not published
  try {
    return validRecordSet({ ...set, type, data: [...new Set(set.data)] });
  } catch (err) {
    if (err instanceof ZoneError) return err.message;
    throw err;
  }
}
