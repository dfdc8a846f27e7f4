import { CelError } from './cel-error.ts';
import { CelList } from './cel-list.ts';
import { CelMap } from './cel-map.ts';
import { CelStruct } from './cel-struct.ts';
import { Duration, Timestamp } from './cel-time.ts';
import type { CelValue } from './cel-value.ts';
import { Optional } from './optional.ts';
import { typeOfValue } from './type-of-value.ts';
import { typeName } from './type-value.ts';
import { Uint } from './uint.ts';

/** The plain JSON of a value. Throws `CelError` for what has none. */
export function toJson(value: CelValue): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof CelList) return value.toArray().map(toJson);
  if (value instanceof CelMap)
    return Object.fromEntries(value.entries().map(([key, item]) => [keyText(key), toJson(item)]));
  if (value instanceof CelStruct) return structToJson(value);
  if (value instanceof Timestamp || value instanceof Duration) return value.toString();
  if (value instanceof Optional && value.value !== undefined) return toJson(value.value);
  throw new CelError(`a value of type ${typeName(typeOfValue(value))} has no JSON form`);
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
