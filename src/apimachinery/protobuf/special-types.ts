import { parseJson } from '../exact-integer.ts';
import { formatTime } from '../time.ts';
import { MalformedProtobuf, readFields, readInt64, type Reader } from './wire.ts';

/** `google.protobuf.Timestamp` and `metav1.Time`; a message without content is Go's zero time, in JSON `null`. */
export function readTime(reader: Reader, end: number, micro: boolean): string | null {
  if (reader.pos === end) return null;
  let seconds = 0;
  let nanos = 0;
  readFields(reader, end, (number) => {
    if (number === 1) seconds = Number(readInt64(reader));
    else if (number === 2) nanos = reader.int32();
    else return false;
    return true;
  });
  const ms = seconds * 1000;
  if (Number.isNaN(new Date(ms).getTime())) throw new MalformedProtobuf(`${seconds} seconds are no time`);
  const text = formatTime(ms);
  if (!micro) return text;
  const micros = Math.trunc(nanos / 1000).toString();
  return text.replace(/Z$/, `.${micros.padStart(6, '0')}Z`);
}

/** `IntOrString`: which of the two, the number, the text. */
export function readIntOrString(reader: Reader, end: number): number | string {
  const found = { type: 0, number: 0, text: '' };
  readFields(reader, end, (number) => {
    if (number === 1) found.type = Number(readInt64(reader));
    else if (number === 2) found.number = reader.int32();
    else if (number === 3) found.text = reader.string();
    else return false;
    return true;
  });
  return found.type === 1 ? found.text : found.number;
}

/** Message types with a single text or bytes field, number 1. */
export function readOnlyField(reader: Reader, end: number): Uint8Array | undefined {
  let content: Uint8Array | undefined;
  readFields(reader, end, (number) => {
    if (number !== 1) return false;
    content = reader.bytes();
    return true;
  });
  return content;
}

export function readQuantity(reader: Reader, end: number): string {
  const content = readOnlyField(reader, end);
  return content === undefined || content.length === 0 ? '0' : new TextDecoder().decode(content);
}

/** Fields that carry JSON text: `RawExtension`, `FieldsV1`, apiextensions' `JSON`. */
export function readJson(reader: Reader, end: number): unknown {
  const content = readOnlyField(reader, end);
  if (content === undefined || content.length === 0) return null;
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (cause) {
    throw new MalformedProtobuf('a field of raw JSON holds something else', { cause });
  }
}

const UNITS = [
  ['h', 3_600_000_000_000],
  ['m', 60_000_000_000],
] as const;

/** Go's `time.Duration.String`: `1h0m0s`, `1.5s`, `20ms`. */
export function formatGoDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  if (nanoseconds < 0) return `-${formatGoDuration(-nanoseconds)}`;
  if (nanoseconds < 1_000) return `${nanoseconds}ns`;
  if (nanoseconds < 1_000_000) return `${nanoseconds / 1_000}µs`;
  if (nanoseconds < 1_000_000_000) return `${nanoseconds / 1_000_000}ms`;
  let rest = nanoseconds;
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 || text !== '') text += `${count}${unit}`;
  }
  return `${text}${rest / 1_000_000_000}s`;
}

export function readDuration(reader: Reader, end: number): string {
  let nanoseconds = 0;
  readFields(reader, end, (number) => {
    if (number !== 1) return false;
    nanoseconds = Number(readInt64(reader));
    return true;
  });
  return formatGoDuration(nanoseconds);
}
