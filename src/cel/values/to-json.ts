import { ExactInteger } from '../../apimachinery/index.ts';
import { CelError } from './cel-error.ts';
import { CelList } from './cel-list.ts';
import { CelMap } from './cel-map.ts';
import { CelStruct } from './cel-struct.ts';
import { Duration, Timestamp } from './cel-time.ts';
import type { CelInstance, CelValue } from './cel-value.ts';
import { Optional } from './optional.ts';
import { typeName } from './type-value.ts';
import { Uint } from './uint.ts';

/** The plain JSON of a value. Throws `CelError` for what has none. */
export function toJson(value: CelValue): unknown {
  if (typeof value === 'bigint') return ExactInteger.from(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof CelList) return value.toArray().map(toJson);
  if (value instanceof CelMap) return mapToJson(value);
  if (value instanceof CelStruct) return structToJson(value);
  return instanceToJson(value);
}

function instanceToJson(value: CelInstance): unknown {
  if (value instanceof Uint) return ExactInteger.from(value.value);
  if (value instanceof Timestamp || value instanceof Duration) return value.toString();
  if (value instanceof Optional && value.value !== undefined) return toJson(value.value);
  throw new CelError(`a value of type ${typeName(value.celType)} has no JSON form`);
}

function mapToJson(map: CelMap): unknown {
  return Object.fromEntries(map.entries().map(([key, item]) => [keyText(key), toJson(item)]));
}

function structToJson(struct: CelStruct): unknown {
  if (struct.json !== undefined) return struct.json;
  const fields = [...(struct.fields ?? [])];
  return Object.fromEntries(fields.map(([name, value]) => [struct.celType.field(name)?.name ?? name, toJson(value)]));
}

function keyText(key: CelValue): string {
  if (typeof key === 'string') return key;
  throw new CelError('keys of JSON objects must be strings');
}
