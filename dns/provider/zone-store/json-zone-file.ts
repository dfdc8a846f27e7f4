import { ZoneBuilder, type BuiltZone, type ZoneOptions } from '../../zone/index.ts';
import { recordSetOf } from './stored-set.ts';

const FORMAT = 'koinon-zone/1';

/** The zone in a file as they were before there were logs: one JSON document. Throws where it is none. */
export function parseJsonZone(text: string, options: ZoneOptions): BuiltZone {
  const content: unknown = JSON.parse(text);
  if (!isObject(content) || content['format'] !== FORMAT) throw new Error(`not in the format ${FORMAT}`);
  if (content['zone'] !== options.name) throw new Error(`it is of zone ${String(content['zone'])}`);
  const { serial, records } = content;
  if (typeof serial !== 'number' || !Number.isInteger(serial)) throw new Error('it has no serial');
  if (!Array.isArray(records)) throw new Error('it has no list of records');
  const builder = new ZoneBuilder(options);
  for (const record of records) {
    if (!isObject(record)) throw new Error('a record set is not an object');
    builder.put(recordSetOf(record));
  }
  return builder.finish(serial);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
