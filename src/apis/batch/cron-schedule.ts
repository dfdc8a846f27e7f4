interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Minute, hour, day of the month, month, day of the week. */
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const EVERY = '@every ';
/** No text fits in two ways: digits that could be split anywhere would take the square of their number in time. */
const DURATION = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const DURATION_PART = /([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g;
const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, h: 3600 };

/** When a CronJob runs: at every wall time that all fields match, or again and again after so many seconds. */
export type CronSchedule =
  | {
      readonly type: 'fields';
      readonly minutes: ReadonlySet<number>;
      readonly hours: ReadonlySet<number>;
      readonly daysOfMonth: ReadonlySet<number>;
      readonly months: ReadonlySet<number>;
      /** Sunday is 0. */
      readonly daysOfWeek: ReadonlySet<number>;
      /** A day must match both its fields; false: one of them, as when both are limited. */
      readonly needsBothDays: boolean;
    }
  | { readonly type: 'every'; readonly seconds: number };

/** What is wrong with a schedule as cron jobs have them, worded as `robfig/cron` does; nothing when all is well. */
export function scheduleProblem(schedule: string): string | undefined {
  const parsed = parseCronSchedule(schedule);
  return typeof parsed === 'string' ? parsed : undefined;
}

/** The schedule, or what is wrong with it. */
export function parseCronSchedule(schedule: string): CronSchedule | string {
  if (schedule.startsWith(EVERY)) return parseEvery(schedule);
  const expression = schedule.startsWith('@') ? DESCRIPTORS[schedule] : schedule;
  if (expression === undefined) return `unrecognized descriptor: ${schedule}`;
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return `expected exactly ${FIELDS.length} fields, found ${parts.length}: [${parts.join(' ')}]`;
  }
  const read = FIELDS.map((field, index) => parseField(parts[index] ?? '', field));
  const problem = read.find((parsed) => typeof parsed === 'string');
  if (problem !== undefined) return problem;
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = read.map(valuesOf);
  const isAny = (ranges: readonly Range[] | string | undefined) =>
    typeof ranges === 'object' && ranges.some(({ isAll }) => isAll);
  return {
    type: 'fields',
    minutes: minutes ?? new Set(),
    hours: hours ?? new Set(),
    daysOfMonth: daysOfMonth ?? new Set(),
    months: months ?? new Set(),
    daysOfWeek: daysOfWeek ?? new Set(),
    needsBothDays: isAny(read[2]) || isAny(read[4]),
  };
}

function parseEvery(schedule: string): CronSchedule | string {
  const duration = schedule.slice(EVERY.length);
  if (!DURATION.test(duration)) {
    return `failed to parse duration ${schedule}: time: invalid duration ${JSON.stringify(duration)}`;
  }
  const parts = [...duration.matchAll(DURATION_PART)];
  const seconds = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNIT_SECONDS[unit] ?? 0), 0);
  return { type: 'every', seconds: duration.startsWith('-') ? 1 : Math.max(1, Math.floor(seconds)) };
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly every: number;
  /** A star, and not every second or third. */
  readonly isAll: boolean;
}

/** The ranges of a list of them, or what is wrong with one. */
function parseField(list: string, field: Field): readonly Range[] | string {
  const ranges: Range[] = [];
  for (const expression of list.split(',').filter((range) => range !== '')) {
    const range = parseRange(expression, field);
    if (typeof range === 'string') return range;
    ranges.push(range);
  }
  return ranges;
}

function valuesOf(ranges: readonly Range[] | string): ReadonlySet<number> {
  const values = new Set<number>();
  for (const { start, end, every } of typeof ranges === 'string' ? [] : ranges) {
    for (let value = start; value <= end; value += every) values.add(value);
  }
  return values;
}

/** `*`, `?`, a number or a name, two of them with a hyphen between, each with a step or without. */
function parseRange(expression: string, field: Field): Range | string {
  const [range = '', step, ...moreSteps] = expression.split('/');
  if (moreSteps.length > 0) return `too many slashes: ${expression}`;
  const [low = '', high, ...moreEnds] = range.split('-');
  if (moreEnds.length > 0) return `too many hyphens: ${expression}`;
  const every = step === undefined ? 1 : valueOf(step, { min: field.min, max: field.max });
  const isAny = low === '*' || low === '?';
  const start = isAny ? field.min : valueOf(low, field);
  const only = step === undefined ? start : field.max;
  const end = isAny ? field.max : high === undefined ? only : valueOf(high, field);
  return bounded(expression, field, { start, end, every, isAny });
}

interface ReadRange {
  /** Each the number, or why it is none. */
  readonly start: number | string;
  readonly end: number | string;
  readonly every: number | string;
  readonly isAny: boolean;
}

function bounded(expression: string, { min, max }: Field, { start, end, every, isAny }: ReadRange): Range | string {
  if (typeof start === 'string') return start;
  if (typeof end === 'string') return end;
  if (typeof every === 'string') return every;
  if (every === 0) return `step of range should be a positive number: ${expression}`;
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${expression}`;
  if (end > max) return `end of range (${end}) above maximum (${max}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return { start, end, every, isAll: isAny && every === 1 };
}

/** The number, or why it is none. */
function valueOf(text: string, { names, min }: Field): number | string {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + min;
  if (/^\d+$/.test(text)) return Number(text);
  if (/^-\d+$/.test(text)) return `negative number (${text}) not allowed: ${text}`;
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}
