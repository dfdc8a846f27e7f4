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
    const bytes = this.#files.keys.get(Buffer.from(key));
    return bytes === undefined ? undefined : this.version(decodeKeyRecord(bytes).modRevision);
  }

  /** The version written at `revision`, which must still be in the log. */
  version(revision: Revision): KeyValue {
    const known = this.#recent.get(revision);
    if (known !== undefined) return known;
    const kv = keyValueOf(readVersion(this.#files.log, revision));
    this.remember(kv);
    return kv;
  }

  list(prefix: string, options: ListOptions): ListResult {
    const current = this.#files.revision;
    const { revision = current } = options;
    requireKnown(prefix, revision, this.#files.compacted, current);
    const entries = this.#entries(prefix, options.after);
    const { items, remaining } = page(
      revision === current ? entries : rewound(entries, this.#before(prefix, revision, options.after)),
      options.limit,
    );
    return { items: items.map((entry) => this.version(entry.modRevision)), remaining, revision };
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

  *#entries(prefix: string, after: string | undefined): Generator<Entry> {
    const first = Buffer.from(prefix);
    const last = after === undefined ? undefined : Buffer.from(after);
    const start = last !== undefined && Buffer.compare(last, first) > 0 ? last : first;
    for (const { key, value } of this.#files.keys.getRange(start.length === 0 ? {} : { start })) {
      const name = key.toString();
      if (!name.startsWith(prefix)) return;
      if (name !== after) yield { key: name, modRevision: decodeKeyRecord(value).modRevision };
    }
  }

  /** What the keys that changed after `revision` were then. */
  #before(prefix: string, revision: Revision, after: string | undefined): Map<string, Entry | undefined> {
    const before = new Map<string, Entry | undefined>();
    const last = after === undefined ? undefined : Buffer.from(after);
    for (const { key, previousRevision } of this.records(revision, this.#files.revision)) {
      if (before.has(key) || !key.startsWith(prefix)) continue;
      if (last !== undefined && Buffer.compare(Buffer.from(key), last) <= 0) continue;
      before.set(key, previousRevision === 0 ? undefined : { key, modRevision: previousRevision });
    }
    return before;
  }
}
