import { LRUCache } from 'lru-cache';
import type { ChangeEvent } from '../fan-out.ts';
import { page, rewound } from '../page.ts';
import { requireKnown } from '../refusals.ts';
import type { KeyValue, ListOptions, ListResult, Revision } from '../storage.ts';
import type { Files } from './files.ts';
import {
  damaged,
  decodeKeyRecord,
  decodeLogRecord,
  decodeNumber,
  encodeNumber,
  keyValueOf,
  readVersion,
  type LogRecord,
} from './record.ts';

const RECENT_BYTES = 4 * 1024 * 1024;

interface Entry {
  readonly key: string;
  readonly modRevision: Revision;
}

/** Reads of what is committed. */
export class LogReader {
  readonly #files: Files;
  /** So that readers of the same version get the same instance; a watch cache over this holds most of them anyway. */
  readonly #recent = new LRUCache<Revision, KeyValue>({
    maxSize: RECENT_BYTES,
    sizeCalculation: (kv) => kv.value.length + 256,
  });

  constructor(files: Files) {
    this.#files = files;
  }

  remember(kv: KeyValue): void {
    this.#recent.set(kv.modRevision, kv);
  }

  get(key: string): KeyValue | undefined {
    const name = Buffer.from(key);
    const bytes = this.#files.keys.get(name);
    return bytes === undefined ? undefined : this.version(decodeKeyRecord(name, bytes).modRevision);
  }

  /** The version written at `revision`, which must still be in the log. */
  version(revision: Revision): KeyValue {
    const known = this.#recent.get(revision);
    if (known !== undefined) return known;
    const kv = this.#read(revision);
    this.remember(kv);
    return kv;
  }

  list(prefix: string, options: ListOptions): ListResult {
    const current = this.#files.revision;
    const { revision = current } = options;
    requireKnown(prefix, revision, this.#files.compacted, current);
    const range = rangeOf(prefix, options.after);
    const before = revision === current ? undefined : this.#before(range, revision);
    // lmdb writes into the options that it is given.
    const total = this.#files.keys.getKeysCount({ ...range }) + this.#gained(before);
    const entries = this.#entries(range);
    const { items, remaining } = page(before === undefined ? entries : rewound(entries, before), total, options.limit);
    // A long list would push all that is recent out, and nothing of it would stay that is asked for next.
    const version = ({ modRevision }: Entry) => this.#recent.get(modRevision) ?? this.#read(modRevision);
    return { items: items.map(version), remaining, revision };
  }

  /** At most `limit` records after `after` up to `until`, in order. */
  *records(after: Revision, until: Revision, limit = Infinity): Generator<LogRecord> {
    const range = {
      start: encodeNumber(after + 1),
      end: encodeNumber(until + 1),
      ...(limit === Infinity ? {} : { limit }),
    };
    for (const { key, value } of this.#files.log.getRange(range)) yield decodeLogRecord(decodeNumber(key), value);
  }

  eventOf(record: LogRecord): ChangeEvent {
    const { type, key, revision, previousRevision } = record;
    const previous = previousRevision === 0 ? undefined : this.version(previousRevision);
    if (type === 'put') return { type, kv: this.version(revision), ...(previous === undefined ? {} : { previous }) };
    if (previous === undefined) throw damaged(`what revision ${revision} deleted`);
    return { type, key, revision, previous };
  }

  #read(revision: Revision): KeyValue {
    return keyValueOf(readVersion(this.#files.log, revision));
  }

  *#entries(range: Range): Generator<Entry> {
    for (const { key, value } of this.#files.keys.getRange(range)) {
      yield { key: key.toString(), modRevision: decodeKeyRecord(key, value).modRevision };
    }
  }

  /** What the keys of the range that changed after `revision` were then. */
  #before({ start, end }: Range, revision: Revision): Map<string, Entry | undefined> {
    const before = new Map<string, Entry | undefined>();
    for (const { key, previousRevision } of this.records(revision, this.#files.revision)) {
      const bytes = Buffer.from(key);
      if (before.has(key) || bytes.compare(start) < 0 || (end !== undefined && bytes.compare(end) >= 0)) continue;
      before.set(key, previousRevision === 0 ? undefined : { key, modRevision: previousRevision });
    }
    return before;
  }

  /** How many keys more there were when they were as `before` tells. */
  #gained(before: ReadonlyMap<string, Entry | undefined> = new Map()): number {
    let gained = 0;
    for (const [key, then] of before) {
      gained += (then === undefined ? 0 : 1) - (this.#files.keys.doesExist(Buffer.from(key)) ? 1 : 0);
    }
    return gained;
  }
}

/** From `start` on, before `end`; to the last key when there is none. */
interface Range {
  readonly start: Buffer;
  readonly end?: Buffer;
}

const LAST_BYTE = 0xff;

/** Keys with the prefix, behind `after`. */
function rangeOf(prefix: string, after: string | undefined): Range {
  const first = Buffer.from(prefix);
  const behind = after === undefined ? undefined : Buffer.from(`${after}\0`);
  const start = behind !== undefined && behind.compare(first) > 0 ? behind : first;
  // No key has the byte 255: it is not of UTF-8.
  return first.length === 0 ? { start } : { start, end: Buffer.concat([first, Buffer.from([LAST_BYTE])]) };
}
