import type { ChangeEvent } from '../fan-out.ts';
import { compacted } from '../refusals.ts';
import type { Versions } from './versions.ts';
import type { RawEvent } from './watch-messages.ts';

/** Throws `Compacted` when what was there before is gone: it went while the change was on its way. */
export function eventOf({ deleted, kv: raw, previous: rawPrevious }: RawEvent, versions: Versions): ChangeEvent {
  const previous = rawPrevious === undefined ? undefined : versions.of(rawPrevious);
  if (previous === undefined && (deleted || raw.version > 1)) {
    throw compacted(raw.key, raw.modRevision - 1, raw.modRevision);
  }
  if (!deleted) {
    const kv = versions.of(raw);
    return previous === undefined ? { type: 'put', kv } : { type: 'put', kv, previous };
  }
  if (previous === undefined) throw new TypeError('a deletion without what was deleted');
  return { type: 'delete', key: previous.key, revision: raw.modRevision, previous };
}
