import { compacted } from '../refusals.ts';
import { StorageError, type Revision, type StorageEvent } from '../storage.ts';
import { FieldReader } from './field-reader.ts';
import { EVERYTHING } from './key-range.ts';
import { encodeWatchCreate } from './kv-messages.ts';
import { WATCH, type WatchesDeps } from './live-watches.ts';
import { toStorageError } from './storage-errors.ts';
import { eventOf } from './watch-events.ts';
import { readWatchResponse } from './watch-messages.ts';

export interface Past {
  /** As etcd has it. */
  readonly prefix: string;
  readonly after: Revision;
  /** At least up to here: what has happened already. */
  readonly until: Revision;
  readonly signal: AbortSignal;
}

/**
 * Changes of the past, on a stream of their own that goes no faster than they are taken. Resolves to the revision up to
 * which it came. For those who are so far behind that what they have missed does not fit a watcher's buffer.
 */
export async function* pastChanges(
  { client, versions }: Pick<WatchesDeps, 'client' | 'versions'>,
  { prefix, after, until, signal }: Past,
): AsyncGenerator<StorageEvent, Revision> {
  const ended = () => signal.aborted;
  const stream = await client.stream(WATCH);
  const onAbort = () => {
    stream.close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  let position = after;
  try {
    stream.send(encodeWatchCreate(1, EVERYTHING, Math.max(1, after)));
    for await (const message of stream.messages()) {
      const { canceled, compactRevision, reason, events } = readWatchResponse(new FieldReader(message));
      if (canceled && compactRevision > 0) throw compacted(prefix, position, compactRevision);
      if (canceled) throw new StorageError('Unavailable', prefix, reason);
      for (const raw of events) {
        if (raw.kv.modRevision <= after) continue;
        if (raw.kv.key.startsWith(prefix)) yield eventOf(raw, versions);
        if (ended()) return position;
        position = raw.kv.modRevision;
      }
      if (position >= until) return position;
    }
    throw new StorageError('Unavailable', prefix, 'etcd ended the watch');
  } catch (err) {
    if (ended()) return position;
    throw toStorageError(err, prefix);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.close();
  }
}
