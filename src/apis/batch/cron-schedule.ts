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

const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const EVERY = '@every ';
/** No text fits in two ways: digits that could be split anywhere would take the square of their number in time. */
const DURATION = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;

/** What is wrong with a schedule as cron jobs have them, worded as `robfig/cron` does; nothing when all is well. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.startsWith('@')) return descriptorProblem(schedule);
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return `expected exactly ${FIELDS.length} fields, found ${parts.length}: [${parts.join(' ')}]`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const problem = (parts[index] ?? '')
      .split(',')
      .filter((range) => range !== '')
      .map((range) => rangeProblem(range, field))
      .find((text) => text !== undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function descriptorProblem(schedule: string): string | undefined {
  if (DESCRIPTORS.includes(schedule)) return undefined;
  if (!schedule.startsWith(EVERY)) return `unrecognized descriptor: ${schedule}`;
  const duration = schedule.slice(EVERY.length);
  if (DURATION.test(duration)) return undefined;
  return `failed to parse duration ${schedule}: time: invalid duration ${JSON.stringify(duration)}`;
}

/** `*`, `?`, a number or a name, two of them with a hyphen between, each with a step or without. */
function rangeProblem(expression: string, field: Field): string | undefined {
  const [range = '', step, ...moreSteps] = expression.split('/');
  if (moreSteps.length > 0) return `too many slashes: ${expression}`;
  const [low = '', high, ...moreEnds] = range.split('-');
  if (moreEnds.length > 0) return `too many hyphens: ${expression}`;
  const isAny = low === '*' || low === '?';
  const start = isAny ? field.min : valueOf(low, field);
  const only = step === undefined ? start : field.max;
  const end = isAny ? field.max : high === undefined ? only : valueOf(high, field);
  const every = step === undefined ? 1 : valueOf(step, { min: field.min, max: field.max });
  const unread = [start, end, every].find((value) => typeof value === 'string');
  return unread ?? boundsProblem(expression, field, [Number(start), Number(end), Number(every)]);
}

function boundsProblem(
  expression: string,
  { min, max }: Field,
  [start, end, every]: readonly [number, number, number],
): string | undefined {
  if (every === 0) return `step of range should be a positive number: ${expression}`;
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${expression}`;
  if (end > max) return `end of range (${end}) above maximum (${max}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return undefined;
}

/** The number, or why it is none. */
function valueOf(text: string, { names, min }: Field): number | string {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + min;
  if (/^\d+$/.test(text)) return Number(text);
  if (/^-\d+$/.test(text)) return `negative number (${text}) not allowed: ${text}`;
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}
