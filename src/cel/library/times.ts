import { CelError } from '../values/cel-error.ts';
import type { Timestamp } from '../values/cel-time.ts';
import { overload, type Overload } from './overload.ts';
import * as receive from './receive.ts';

/** Of a date whose UTC fields are the local time asked for. */
const PARTS: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) =>
    Math.floor((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - yearStart(date)) / 86_400_000),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

const NANOS_PER: Readonly<Record<string, bigint>> = {
  getHours: 3_600_000_000_000n,
  getMinutes: 60_000_000_000n,
  getSeconds: 1_000_000_000n,
};

export const TIMES: readonly Overload[] = [
  ...Object.entries(PARTS).flatMap(([name, part]) => [
    overload(name, 'timestamp.(): int', ([time]) => BigInt(part(localDate(receive.timestamp(time), 'UTC')))),
    overload(name, 'timestamp.(string): int', ([time, zone]) =>
      BigInt(part(localDate(receive.timestamp(time), receive.string(zone)))),
    ),
  ]),
  ...Object.entries(NANOS_PER).map(([name, nanos]) =>
    overload(name, 'duration.(): int', ([duration]) => receive.duration(duration).nanos / nanos),
  ),
  overload(
    'getMilliseconds',
    'duration.(): int',
    ([duration]) => (receive.duration(duration).nanos % 1_000_000_000n) / 1_000_000n,
  ),
];

function yearStart(date: Date): number {
  return Date.UTC(date.getUTCFullYear(), 0, 1);
}

/** A zone is `UTC`, an IANA name or an offset such as `-08:00`. */
function localDate(time: Timestamp, zone: string): Date {
  const millis = Number(time.nanos / 1_000_000n);
  if (zone === 'UTC' || zone === '') return new Date(millis);
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (hours !== undefined) {
    const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
    return new Date(millis + (sign === '-' ? -offset : offset));
  }
  return new Date(millis + offsetIn(zone, millis));
}

function offsetIn(zone: string, millis: number): number {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(millis).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
    return sign === '-' ? -offset : offset;
  } catch (err) {
    if (err instanceof RangeError) throw new CelError(`unknown time zone ${zone}`);
    throw err;
  }
}
