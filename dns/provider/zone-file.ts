import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import {
  createZone,
  publishedSets,
  type RecordSet,
  type Zone,
  type ZoneDelta,
  type ZoneOptions,
} from '../zone/index.ts';

/** What was published in a zone, as a JSON file of its own that is replaced as a whole. */
export interface ZoneFile {
  /** The zone as last written; with nothing published when there is no file. Rejects with `DamagedZoneFile`. */
  load(): Promise<Zone>;
  /** Resolves when the zone and what it is about to take would survive a loss of power. */
  save(zone: Zone, deltas: readonly ZoneDelta[]): Promise<void>;
}

export class DamagedZoneFile extends Error {
  constructor(path: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`zone file ${path} is damaged: ${why}. Mend it, or move it away to begin with an empty zone.`, { cause });
    this.name = 'DamagedZoneFile';
  }
}

const FORMAT = 'koinon-zone/1';

export function createZoneFile(directory: string, options: ZoneOptions, firstSerial: () => number): ZoneFile {
  const path = join(directory, `${options.name}.json`);
  return {
    load: async () => {
      const text = await readIfThere(path);
      if (text === undefined) return createZone(options, firstSerial());
      try {
        const { serial, records } = parseZoneFile(text, options.name);
        return createZone(options, serial, records);
      } catch (err) {
        throw new DamagedZoneFile(path, err);
      }
    },
    save: async (zone, deltas) => {
      const sets = new Map<string, unknown>(publishedSets(zone).map((set) => [`${set.type} ${set.name}`, set]));
      for (const { removed, added } of deltas) {
        for (const { type, name } of removed) sets.delete(`${type} ${name}`);
        for (const set of added) sets.set(`${set.type} ${set.name}`, set);
      }
      const serial = deltas.at(-1)?.to ?? zone.serial;
      const content = { format: FORMAT, zone: zone.name, serial, records: [...sets.values()] };
      await mkdir(directory, { recursive: true });
      await writeFileAtomic(path, `${JSON.stringify(content)}\n`);
      await syncDirectory(directory);
    },
  };
}

/** A zone that is forgotten with the process. */
export function createTransientZone(options: ZoneOptions, firstSerial: () => number): ZoneFile {
  return { load: async () => createZone(options, firstSerial()), save: async () => undefined };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ENOENT') return undefined;
    throw err;
  }
}

/** The rename is durable only when the directory is. */
async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, 'r');
  await handle.sync();
}

function parseZoneFile(text: string, zone: string): { readonly serial: number; readonly records: RecordSet[] } {
  const content: unknown = JSON.parse(text);
  if (!isObject(content) || content['format'] !== FORMAT) throw new Error(`not in the format ${FORMAT}`);
  if (content['zone'] !== zone) throw new Error(`it is of zone ${String(content['zone'])}`);
  const { serial, records } = content;
  if (typeof serial !== 'number' || !Number.isInteger(serial)) throw new Error('it has no serial');
  if (!Array.isArray(records)) throw new Error('it has no list of records');
  return { serial, records: records.map(parseRecordSet) };
}

function parseRecordSet(value: unknown): RecordSet {
  if (!isObject(value)) throw new Error('a record set is not an object');
  const { name, type, ttlSeconds, data } = value;
  const texts = Array.isArray(data) && data.every((item) => typeof item === 'string') ? data : undefined;
  if (typeof name !== 'string' || typeof type !== 'string' || typeof ttlSeconds !== 'number' || texts === undefined) {
    throw new Error('a record set lacks name, type, ttlSeconds or data');
  }
  return { name, type: type as RecordSet['type'], ttlSeconds, data: texts }; // @NOTE createZone rejects types that are none
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
