import { wordsOf, withoutQuotes, unescapedBytes } from './data/character-string.ts';
import { textItem } from './data/text-strings.ts';
import { isWithin } from './name.ts';
import { recordKey, type RecordSet, type RecordType } from './record-set.ts';
import { typeProblem } from './record-type.ts';
import { validRecordSet } from './validate-record-set.ts';
import { ZoneError } from './zone-error.ts';

/** One record, as a set of its own. */
export interface RecordLine extends RecordSet {
  /** Whether the line said its TTL. */
  readonly hasTtl: boolean;
}

/**
 * A record of `zone` in the manner of a master file (RFC 1035 §5.1), `owner [TTL] [IN] type data`, on one line. Names are
 * written whole, with or without a dot at the end; `@` is the zone and one label alone is that name in it. Throws `ZoneError`.
 */
export function parseRecordLine(zone: string, line: string, ttlSeconds: number): RecordLine {
  const words = wordsOf(line);
  if (words === undefined) throw problem(line, 'a quote or a backslash is left open');
  const comment = words.findIndex((word) => word.startsWith(';'));
  const [owner, ...rest] = comment < 0 ? words : words.slice(0, comment);
  if (owner === undefined) throw problem(line, 'it is empty');

  const { ttl, type, data } = partsOf(rest);
  const unknown = type === undefined ? 'it is not "owner [TTL] [IN] type data"' : typeProblem(type);
  if (unknown !== undefined) throw problem(line, unknown);
  const name = absolute(zone, owner);
  if (!isWithin(name, zone)) throw new ZoneError('OutsideZone', `record "${line}": ${name} is not in zone ${zone}`);
  const known = type as RecordType; // @NOTE typeProblem found none
  try {
    const item = itemOf(known, data, (word) => absolute(zone, word));
    return {
      ...validRecordSet({ name, type: known, ttlSeconds: ttl ?? ttlSeconds, data: [item] }),
      hasTtl: ttl !== undefined,
    };
  } catch (err) {
    throw err instanceof ZoneError ? problem(line, err.message) : err;
  }
}

/** Record sets of records. Throws `ZoneError` on records of a set that say different TTLs (RFC 2181 §5.2). */
export function setsOfRecords(records: readonly RecordLine[]): RecordSet[] {
  const sets = new Map<string, RecordLine>();
  for (const record of records) {
    const before = sets.get(recordKey(record));
    sets.set(recordKey(record), before === undefined ? record : joined(before, record));
  }
  return [...sets.values()].map(({ name, type, ttlSeconds, data }) => validRecordSet({ name, type, ttlSeconds, data }));
}

function joined(before: RecordLine, record: RecordLine): RecordLine {
  if (before.hasTtl && record.hasTtl && before.ttlSeconds !== record.ttlSeconds) {
    throw new ZoneError('Invalid', `records of ${record.name} ${record.type} have different TTLs`);
  }
  const { ttlSeconds } = record.hasTtl ? record : before;
  return { ...before, ttlSeconds, hasTtl: before.hasTtl || record.hasTtl, data: [...before.data, ...record.data] };
}

interface Parts {
  readonly ttl: number | undefined;
  readonly type: string | undefined;
  readonly data: readonly string[];
}

/** TTL and class may be there, in either order (RFC 1035 §5.1). */
function partsOf(words: readonly string[]): Parts {
  let ttl: number | undefined;
  let hasClass = false;
  for (const [at, word] of words.entries()) {
    const seconds = ttl === undefined ? secondsOf(word) : undefined;
    const type = word.toUpperCase();
    if (seconds !== undefined) ttl = seconds;
    else if (type === 'IN' && !hasClass) hasClass = true;
    else return { ttl, type, data: words.slice(at + 1) };
  }
  return { ttl, type: undefined, data: [] };
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `300`, and `1h30m` as BIND has it. */
function secondsOf(word: string): number | undefined {
  if (/^\d{1,10}$/.test(word)) return Number(word);
  if (!/^(?:\d{1,10}[smhdw])+$/i.test(word)) return undefined;
  return [...word.toLowerCase().matchAll(/(\d+)([a-z])/g)].reduce(
    (sum, [, count = '', unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0),
    0,
  );
}

/** Which word of the data is a name. */
const NAME_AT: Readonly<Partial<Record<RecordType, number>>> = {
  CNAME: 0,
  NS: 0,
  PTR: 0,
  MX: 1,
  SRV: 3,
  SVCB: 1,
  HTTPS: 1,
};

function itemOf(type: RecordType, words: readonly string[], absoluteName: (word: string) => string): string {
  if (type === 'TXT') return textItem(words.map(stringOf));
  return words.map((word, at) => (at === NAME_AT[type] ? absoluteName(word) : word)).join(' ');
}

function stringOf(word: string): Buffer {
  const inner = withoutQuotes(word);
  const bytes = inner === undefined ? undefined : unescapedBytes(inner);
  if (bytes === undefined) throw new ZoneError('Invalid', `${word} is no string`);
  return bytes;
}

function absolute(zone: string, word: string): string {
  if (word === '@') return zone;
  if (word === '.') return word;
  const name = word.toLowerCase();
  if (name.endsWith('.')) return name.slice(0, -1);
  return name.includes('.') ? name : `${name}.${zone}`;
}

const problem = (line: string, what: string) => new ZoneError('Invalid', `record "${line}": ${what}`);
