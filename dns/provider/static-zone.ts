import { createZone, parseRecordLine, setsOfRecords, ZoneError, type ZoneOptions } from '../zone/index.ts';

/** A zone as configurations say it. */
export interface StaticZone extends Omit<ZoneOptions, 'records'> {
  /** `owner [TTL] [IN] type data`, as `parseRecordLine` reads it. */
  readonly records?: readonly string[];
}

/** A zone that cannot be. */
export class StaticZoneError extends Error {
  /** Which of the records is to blame; undefined where it is not one alone. */
  readonly record: number | undefined;

  constructor(message: string, record?: number) {
    super(message);
    this.name = 'StaticZoneError';
    this.record = record;
  }
}

/** Throws `StaticZoneError`. */
export function staticZone({ records = [], ...zone }: StaticZone): ZoneOptions {
  const lines = records.map((text, index) =>
    checked(() => parseRecordLine(zone.name, text, zone.ttlSeconds ?? DEFAULT_TTL_SECONDS), index),
  );
  const apex = lines.findIndex(({ name, type }) => name === zone.name && type === 'NS');
  if (apex >= 0) throw new StaticZoneError('name servers of the zone itself are said by "nameservers"', apex);
  const sets = checked(() => setsOfRecords(lines), undefined);
  const options = sets.length === 0 ? zone : { ...zone, records: sets };
  checked(() => createZone(options, 1), undefined);
  return options;
}

const DEFAULT_TTL_SECONDS = 180;

function checked<T>(make: () => T, record: number | undefined): T {
  try {
    return make();
  } catch (err) {
    throw err instanceof ZoneError ? new StaticZoneError(err.message, record) : err;
  }
}
