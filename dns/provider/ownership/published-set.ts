import { validRecordSet, ZoneError, type RecordSet } from '../../zone/index.ts';
import { DnsProviderError } from '../dns-provider.ts';
import type { AsPublished } from './zone-ownership.ts';

/** The set as its zone will tell it. Throws `DnsProviderError` for one that cannot be published. */
export function publishedSet(set: RecordSet, asPublished: AsPublished): RecordSet {
  return asPublished(canonicalSet(set));
}

/** Its data as zones write it. Throws as `publishedSet`. */
export function canonicalSet(set: RecordSet): RecordSet {
  try {
    const valid = validRecordSet(set);
    return set.choice === undefined || valid.choice !== undefined ? valid : { ...valid, choice: set.choice };
  } catch (err) {
    throw err instanceof ZoneError ? new DnsProviderError(err.code, err.message, { cause: err }) : err;
  }
}
