import { LRUCache } from 'lru-cache';
import { page, rewound } from '../page.ts';
import { requireKnown } from '../refusals.ts';
import { damaged, decodeKeyRecord, decodeLogRecord, decodeNumber, encodeNumber, keyValueOf, readVersion, } from './record.ts';
const RECENT_BYTES = 4 * 1024 * 1024;
/** Reads of what is committed. */
export class LogReader {
    #files;
    /** So that readers of the same version get the same instance; a watch cache over this holds most of them anyway. */
    #recent = new LRUCache({
        maxSize: RECENT_BYTES,
        sizeCalculation: (kv) => kv.value.length + 256,
    });
    constructor(files) {
        this.#files = files;
    }
    remember(kv) {
        this.#recent.set(kv.modRevision, kv);
    }
    get(key) {
        const bytes = this.#files.keys.get(Buffer.from(key));
        return bytes === undefined ? undefined : this.version(decodeKeyRecord(bytes).modRevision);
    }
    /** The version written at `revision`, which must still be in the log. */
    version(revision) {
        const known = this.#recent.get(revision);
        if (known !== undefined)
            return known;
        const kv = keyValueOf(readVersion(this.#files.log, revision));
        this.remember(kv);
        return kv;
    }
    list(prefix, options) {
        const current = this.#files.revision;
        const { revision = current } = options;
        requireKnown(prefix, revision, this.#files.compacted, current);
        const range = rangeOf(prefix, options.after);
        const before = revision === current ? undefined : this.#before(range, revision);
        // lmdb writes into the options that it is given.
        const total = this.#files.keys.getKeysCount({ ...range }) + this.#gained(before);
        const entries = this.#entries(range);
        const { items, remaining } = page(before === undefined ? entries : rewound(entries, before), total, options.limit);
        return { items: items.map((entry) => this.version(entry.modRevision)), remaining, revision };
    }
    /** At most `limit` records after `after` up to `until`, in order. */
    *records(after, until, limit = Infinity) {
        const range = {
            start: encodeNumber(after + 1),
            end: encodeNumber(until + 1),
            ...(limit === Infinity ? {} : { limit }),
        };
        for (const { key, value } of this.#files.log.getRange(range))
            yield decodeLogRecord(decodeNumber(key), value);
    }
    eventOf(record) {
        const { type, key, revision, previousRevision } = record;
        const previous = previousRevision === 0 ? undefined : this.version(previousRevision);
        if (type === 'put')
            return { type, kv: this.version(revision), ...(previous === undefined ? {} : { previous }) };
        if (previous === undefined)
            throw damaged(`what revision ${revision} deleted`);
        return { type, key, revision, previous };
    }
    *#entries(range) {
        for (const { key, value } of this.#files.keys.getRange(range)) {
            yield { key: key.toString(), modRevision: decodeKeyRecord(value).modRevision };
        }
    }
    /** What the keys of the range that changed after `revision` were then. */
    #before({ start, end }, revision) {
        const before = new Map();
        for (const { key, previousRevision } of this.records(revision, this.#files.revision)) {
            const bytes = Buffer.from(key);
            if (before.has(key) || bytes.compare(start) < 0 || (end !== undefined && bytes.compare(end) >= 0))
                continue;
            before.set(key, previousRevision === 0 ? undefined : { key, modRevision: previousRevision });
        }
        return before;
    }
    /** How many keys more there were when they were as `before` tells. */
    #gained(before = new Map()) {
        let gained = 0;
        for (const [key, then] of before) {
            gained += (then === undefined ? 0 : 1) - (this.#files.keys.doesExist(Buffer.from(key)) ? 1 : 0);
        }
        return gained;
    }
}
const LAST_BYTE = 0xff;
/** Keys with the prefix, behind `after`. */
function rangeOf(prefix, after) {
    const first = Buffer.from(prefix);
    const behind = after === undefined ? undefined : Buffer.from(`${after}\0`);
    const start = behind !== undefined && behind.compare(first) > 0 ? behind : first;
    // No key has the byte 255: it is not of UTF-8.
    return first.length === 0 ? { start } : { start, end: Buffer.concat([first, Buffer.from([LAST_BYTE])]) };
}
