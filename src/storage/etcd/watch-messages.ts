import type { FieldReader } from './field-reader.ts';
import { readKeyValue, type RawKeyValue } from './kv-messages.ts';

export interface RawEvent {
  readonly deleted: boolean;
  /** Of a deletion: the key, and the revision of the deletion. */
  readonly kv: RawKeyValue;
  readonly previous: RawKeyValue | undefined;
}

/** What etcd tells of one watch. The changes of one revision are never spread over several. */
export interface WatchResponse {
  readonly id: number;
  readonly canceled: boolean;
  /** Not 0 when that is why it was canceled. */
  readonly compactRevision: number;
  readonly reason: string;
  readonly events: readonly RawEvent[];
}

export function readWatchResponse(reader: FieldReader): WatchResponse {
  const response = { id: 0, canceled: false, compactRevision: 0, reason: '', events: [] as RawEvent[] };
  for (let id = reader.next(); id !== 0; id = reader.next()) {
    if (id === 2) response.id = reader.number();
    else if (id === 4) response.canceled = reader.number() === 1;
    else if (id === 5) response.compactRevision = reader.number();
    else if (id === 6) response.reason = reader.text();
    else if (id === 11) response.events.push(readEvent(reader.message()));
    else reader.skip();
  }
  return response;
}

function readEvent(reader: FieldReader): RawEvent {
  let deleted = false;
  let kv: RawKeyValue | undefined;
  let previous: RawKeyValue | undefined;
  for (let id = reader.next(); id !== 0; id = reader.next()) {
    if (id === 1) deleted = reader.number() === 1;
    else if (id === 2) kv = readKeyValue(reader.message());
    else if (id === 3) previous = readKeyValue(reader.message());
    else reader.skip();
  }
  if (kv === undefined) throw new RangeError('etcd sent an event of no key');
  return { deleted, kv, previous };
}
