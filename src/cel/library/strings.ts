import { CelError } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import {
  overload,
  traversal,
  type CostFormula,
  type Overload,
  type OverloadOptions,
  type SizeRange,
} from './overload.ts';
import { toCodePoints } from '../values/code-points.ts';
import * as receive from './receive.ts';
import { formatText } from './string-format.ts';

const onePass: CostFormula = ([size = 0]) => traversal(size);
const twoPasses: CostFormula = ([size = 0]) => Math.ceil(size * 0.2);
const noLonger = ([size]: readonly SizeRange[]): SizeRange => ({ min: 0, max: size?.max ?? 0 });
const joining: OverloadOptions = { cost: (_sizes, result) => Math.ceil(result * 0.2), resultSize: joinedSize };
const scan = { cost: onePass, resultSize: noLonger };

const searching: readonly Overload[] = [
  overload('contains', 'string.(string): bool', ([a, b]) => receive.string(a).includes(receive.string(b)), {
    cost: ([a = 0, b = 0]) => traversal(a) * traversal(b),
  }),
  overload('startsWith', 'string.(string): bool', ([a, b]) => receive.string(a).startsWith(receive.string(b)), {
    cost: onePass,
  }),
  overload('endsWith', 'string.(string): bool', ([a, b]) => receive.string(a).endsWith(receive.string(b)), {
    cost: onePass,
  }),
  overload('indexOf', 'string.(string): int', ([a, b]) => indexOf(receive.string(a), receive.string(b), 0), {
    cost: onePass,
  }),
  overload(
    'indexOf',
    'string.(string, int): int',
    ([a, b, c]) => indexOf(receive.string(a), receive.string(b), Number(receive.int(c))),
    { cost: onePass },
  ),
  overload('lastIndexOf', 'string.(string): int', ([a, b]) => lastIndexOf(receive.string(a), receive.string(b)), {
    cost: onePass,
  }),
  overload(
    'lastIndexOf',
    'string.(string, int): int',
    ([a, b, c]) => lastIndexOf(receive.string(a), receive.string(b), Number(receive.int(c))),
    { cost: onePass },
  ),
];

const parts: readonly Overload[] = [
  overload('charAt', 'string.(int): string', ([a, i]) => charAt(receive.string(a), Number(receive.int(i))), {
    resultSize: () => ({ min: 0, max: 1 }),
  }),
  overload(
    'substring',
    'string.(int): string',
    ([a, from]) => substring(receive.string(a), Number(receive.int(from))),
    scan,
  ),
  overload(
    'substring',
    'string.(int, int): string',
    ([a, from, to]) => substring(receive.string(a), Number(receive.int(from)), Number(receive.int(to))),
    scan,
  ),
  overload('split', 'string.(string): list(string)', ([a, b]) => split(receive.string(a), receive.string(b), -1), {
    cost: twoPasses,
    resultSize: noLonger,
  }),
  overload(
    'split',
    'string.(string, int): list(string)',
    ([a, b, n]) => split(receive.string(a), receive.string(b), Number(receive.int(n))),
    { cost: twoPasses, resultSize: noLonger },
  ),
  overload('join', 'list(string).(): string', ([list]) => join(receive.list(list), ''), joining),
  overload(
    'join',
    'list(string).(string): string',
    ([list, by]) => join(receive.list(list), receive.string(by)),
    joining,
  ),
];

const changing: readonly Overload[] = [
  overload('lowerAscii', 'string.(): string', ([a]) => receive.string(a).replaceAll(/[A-Z]+/g, lower), scan),
  overload('upperAscii', 'string.(): string', ([a]) => receive.string(a).replaceAll(/[a-z]+/g, upper), scan),
  overload('trim', 'string.(): string', ([a]) => trim(receive.string(a)), scan),
  overload('reverse', 'string.(): string', ([a]) => toCodePoints(receive.string(a)).toReversed().join(''), scan),
  overload(
    'replace',
    'string.(string, string): string',
    ([a, from, to]) => replace(receive.string(a), receive.string(from), receive.string(to), -1),
    { cost: twoPasses, resultSize: replacedSize },
  ),
  overload(
    'replace',
    'string.(string, string, int): string',
    ([a, from, to, n]) => replace(receive.string(a), receive.string(from), receive.string(to), Number(receive.int(n))),
    { cost: twoPasses, resultSize: replacedSize },
  ),
  overload('strings.quote', '(string): string', ([a]) => quote(receive.string(a)), {
    cost: onePass,
    resultSize: ([size]) => ({ min: (size?.min ?? 0) + 2, max: (size?.max ?? 0) * 2 + 2 }),
  }),
  overload('format', 'string.(list(dyn)): string', ([a, args]) => formatText(receive.string(a), receive.list(args)), {
    cost: onePass,
  }),
];

export const STRINGS: readonly Overload[] = [...searching, ...parts, ...changing];

const BLANK = /\p{White_Space}/u;

/** A pattern for blanks at the end would try each of them as the beginning of the end. */
function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && BLANK.test(text.charAt(start))) start += 1;
  while (end > start && BLANK.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function lower(text: string): string {
  return text.toLowerCase();
}

function upper(text: string): string {
  return text.toUpperCase();
}

/** Positions count code points. */
function indexOf(text: string, part: string, from: number): bigint {
  const points = toCodePoints(text);
  if (from < 0 || from > points.length) throw outOfRange(from);
  const start = points.slice(0, from).join('').length;
  const found = text.indexOf(part, start);
  return found < 0 ? -1n : BigInt(toCodePoints(text.slice(0, found)).length);
}

function lastIndexOf(text: string, part: string, from?: number): bigint {
  const points = toCodePoints(text);
  if (from !== undefined && (from < 0 || from >= Math.max(points.length, 1))) throw outOfRange(from);
  const found = text.lastIndexOf(part, from === undefined ? Infinity : points.slice(0, from).join('').length);
  return found < 0 ? -1n : BigInt(toCodePoints(text.slice(0, found)).length);
}

function charAt(text: string, index: number): string {
  const points = toCodePoints(text);
  if (index < 0 || index > points.length) throw outOfRange(index);
  return points[index] ?? '';
}

function substring(text: string, from: number, to?: number): string {
  const points = toCodePoints(text);
  const end = to ?? points.length;
  if (from < 0 || from > points.length) throw outOfRange(from);
  if (end < 0 || end > points.length) throw outOfRange(end);
  if (from > end) throw new CelError(`invalid substring range. start: ${from}, end: ${end}`);
  return points.slice(from, end).join('');
}

/** At most so many parts, the last with the rest; all when negative. */
function split(text: string, separator: string, limit: number): CelList {
  if (limit === 0) return CelList.of([]);
  const all = separator === '' ? toCodePoints(text) : text.split(separator);
  if (limit < 0 || all.length <= limit) return CelList.of(all);
  return CelList.of([...all.slice(0, limit - 1), all.slice(limit - 1).join(separator)]);
}

function join(list: CelList, separator: string): string {
  return list.toArray().map(receive.string).join(separator);
}

function replace(text: string, from: string, to: string, limit: number): string {
  if (limit === 0) return text;
  if (from === '') return interleave(text, to, limit);
  const all = text.split(from);
  if (limit < 0 || all.length - 1 <= limit) return all.join(to);
  return [...all.slice(0, limit), all.slice(limit).join(from)].join(to);
}

/** Nothing is found before each character and at the end. */
function interleave(text: string, to: string, limit: number): string {
  const points = toCodePoints(text);
  const count = limit < 0 ? points.length + 1 : Math.min(limit, points.length + 1);
  return (
    points.map((point, index) => (index < count ? to + point : point)).join('') + (count > points.length ? to : '')
  );
}

function replacedSize([text, from, to]: readonly SizeRange[]): SizeRange {
  const [length, longest] = [text?.max ?? 0, to?.max ?? 0];
  if ((from?.min ?? 0) > 0) return { min: 0, max: Math.max(length, Math.ceil(length / (from?.min ?? 1)) * longest) };
  return { min: 0, max: longest === 0 ? length : (length + 1) * longest + length };
}

/** As many of the longest elements as there may be, each with a separator. */
function joinedSize([list, separator]: readonly SizeRange[]): SizeRange {
  const count = list?.max ?? 0;
  return { min: 0, max: count === 0 ? 0 : count * ((list?.elements?.max ?? Infinity) + (separator?.max ?? 0)) };
}

const QUOTED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quote(text: string): string {
  return `"${toCodePoints(text)
    .map((char) => QUOTED[char] ?? char)
    .join('')}"`;
}

function outOfRange(index: number): CelError {
  return new CelError(`index out of range: ${index}`);
}
