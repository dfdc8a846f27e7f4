import { CelError } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import { CelMap } from '../values/cel-map.ts';
import { CelStruct } from '../values/cel-struct.ts';
import { Duration, Timestamp } from '../values/cel-time.ts';
import type { CelInstance, CelValue } from '../values/cel-value.ts';
import { fromJson } from '../values/from-json.ts';
import { typeOfValue } from '../values/type-of-value.ts';
import { TypeValue, typeName } from '../values/type-value.ts';
import { Uint } from '../values/uint.ts';

const MAX_PRECISION = 1000;

/** `'%s has %d'.format(['x', 3])`: verbs s, d, b, x, X, o, f, e and %%. */
export function formatText(format: string, args: CelList): string {
  let next = 0;
  const text = format.replaceAll(/%(?:%|(?:\.(\d+))?([^]?))/gu, (clause, precision: string | undefined, verb = '') => {
    if (clause === '%%') return '%';
    if (next >= args.size) throw new CelError(`index ${next} out of range`);
    if (Number(precision ?? 0) > MAX_PRECISION)
      throw new CelError(`precision ${precision ?? ''} exceeds ${MAX_PRECISION}`);
    const value = args.at(next);
    next += 1;
    return formatVerb(String(verb), value, Number(precision ?? 6));
  });
  return text;
}

function formatVerb(verb: string, value: CelValue, precision: number): string {
  const print = VERBS[verb];
  if (print !== undefined) return print(value, Math.min(precision, 100));
  throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
}

const VERBS: Readonly<Record<string, (value: CelValue, precision: number) => string>> = {
  s: display,
  d: (value) => (typeof value === 'number' ? special(value, 'd') : integer(value, 'd').toString()),
  b: (value) => (typeof value === 'boolean' ? String(Number(value)) : integer(value, 'b').toString(2)),
  o: (value) => integer(value, 'o').toString(8),
  x: hexadecimal,
  X: (value) => hexadecimal(value).toUpperCase(),
  f: (value, precision) => floating(value, 'f', (number) => number.toFixed(precision)),
  e: (value, precision) =>
    floating(value, 'e', (number) => number.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2')),
};

function integer(value: CelValue, verb: string): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Uint) return value.value;
  throw new CelError(`error during formatting: only integers can be used with %${verb}, was given ${nameOf(value)}`);
}

function special(value: number, verb: string): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  if (value === -Infinity) return '-Infinity';
  return integer(value, verb).toString();
}

function hexadecimal(value: CelValue): string {
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return integer(value, 'x').toString(16);
}

function floating(value: CelValue, verb: string, print: (number: number) => string): string {
  if (typeof value === 'number') return Number.isFinite(value) ? print(value) : special(value, verb);
  if (typeof value === 'bigint') return print(Number(value));
  if (value instanceof Uint) return print(Number(value.value));
  throw new CelError(`error during formatting: only doubles can be used with %${verb}, was given ${nameOf(value)}`);
}

/** `%s` of anything: lists and maps with their content, keys in order. */
function display(value: CelValue): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : special(value, 's');
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (value instanceof CelList) return `[${value.toArray().map(display).join(', ')}]`;
  if (value instanceof CelMap) return displayMap(value);
  if (value instanceof CelStruct) return display(fromJson(value.json ?? {}, { kind: 'dyn' }));
  return displayInstance(value);
}

function displayInstance(value: CelInstance): string {
  if (value instanceof Uint) return String(value.value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Timestamp || value instanceof Duration) return value.toString();
  throw new CelError(`error during formatting: unsupported type ${nameOf(value)}`);
}

function displayMap(map: CelMap): string {
  const entries = map.entries().map(([key, value]) => [display(key), display(value)] as const);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return `{${sorted.map(([key, value]) => `${key}: ${value}`).join(', ')}}`;
}

function nameOf(value: CelValue): string {
  return typeName(typeOfValue(value));
}
