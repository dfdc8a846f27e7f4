import {
  isPublished,
  ownSets,
  parseRecordLine,
  recordKey,
  setsOfRecords,
  soaOf,
  type AnyRecordSet,
  type RecordSet,
  type Zone,
  type ZoneDelta,
} from '../../zone/index.ts';
import { masterData } from '../master-data.ts';

const HEADER = '; Written by koinon, which replaces this file as a whole.';
const PUBLISHED = '; What is published:';

/** A zone as a master file (RFC 1035 §5), in an order of its own, so that the same content is the same text. */
export function masterFile(zone: Zone, deltas: readonly ZoneDelta[], serial: number): string {
  const { options } = zone;
  const published = publishedAfter(zone, deltas).sort((a, b) => compare(`${a.name} ${a.type}`, `${b.name} ${b.type}`));
  const soa = soaOf(options, serial);
  return [
    HEADER,
    `$TTL ${soa.ttlSeconds}`,
    ...recordLines(soa),
    ...ownSets(options).flatMap(recordLines),
    PUBLISHED,
    ...published.flatMap(recordLines),
    '',
  ].join('\n');
}

export interface ReadMasterFile {
  readonly serial: number;
  readonly published: readonly RecordSet[];
}

/** What `masterFile` had written. Throws on anything else, which somebody may want to keep. */
export function readMasterFile(text: string, zone: string): ReadMasterFile {
  const lines = text.split('\n');
  const start = lines.indexOf(PUBLISHED);
  if (lines[0] !== HEADER || start < 0 || lines.pop() !== '') throw new Error('koinon has not written it');
  const serial = /^\S+ \d+ IN SOA \S+ \S+ (\d+) /.exec(lines[2] ?? '')?.[1];
  if (serial === undefined) throw new Error('it has no serial');
  const records = lines.slice(start + 1).map((line) => parseRecordLine(zone, line, 0));
  return { serial: Number(serial), published: setsOfRecords(records) };
}

function publishedAfter(zone: Zone, deltas: readonly ZoneDelta[]): RecordSet[] {
  const sets = new Map<string, RecordSet>();
  using snapshot = zone.snapshot();
  for (const set of snapshot.sets()) if (isPublished(zone, set)) sets.set(recordKey(set), set);
  for (const { removed, added } of deltas) {
    for (const set of removed) sets.delete(recordKey(set));
    for (const set of added) sets.set(recordKey(set), set);
  }
  return [...sets.values()];
}

const recordLines = ({ name, ttlSeconds, type, data }: AnyRecordSet): string[] =>
  data.map((item) => `${name}. ${ttlSeconds} IN ${type} ${type === 'SOA' ? soaData(item) : masterData(type, item)}`);

function soaData(item: string): string {
  const [primary = '', mailbox = '', ...numbers] = item.split(' ');
  return [`${primary}.`, `${mailbox}.`, ...numbers].join(' ');
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
