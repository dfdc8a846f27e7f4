import type { Clock } from '../../component-base/index.ts';
import { STATIC_NAMES, STATIC_TABLE } from './static-table.ts';

/** Names come from answers that are passed on, too. */
const MAX_KNOWN_NAMES = 1_000;
const PRINTABLE = /^[\t\x20-\x7e\x80-\xff]*$/;
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** Says that nothing is kept from then on: RFC 7541 §6.3. It must stand before the first field of a connection. */
export const NO_TABLE = '\x20';

const STATUSES: ReadonlyMap<string, string> = new Map(
  STATIC_TABLE.flatMap(({ name, value }, index): readonly (readonly [string, string])[] =>
    name === ':status' ? [[value, String.fromCharCode(0x80 | (index + 1))]] : [],
  ),
);

/**
 * Writes header blocks, bytes as Latin-1. It keeps nothing for a connection: every field is a literal, its name by its
 * index where it is a common one. So one encoder does for all connections, and none needs memory for it.
 */
export class HpackEncoder {
  /** How fields of a name begin. */
  readonly #names = new Map<string, string>();
  readonly #clock: Clock;
  #date = { second: NaN, field: '' };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds the date where it is missing. Throws `TypeError` for what no header may hold. */
  encode(status: number, headers: Readonly<Record<string, string | readonly string[]>>): string {
    let block = encodeStatus(status);
    if (headers['date'] === undefined) block += this.#dateField();
    for (const name in headers) {
      const value = headers[name] ?? [];
      const beginning = this.#beginning(name);
      if (typeof value === 'string') block += field(beginning, value);
      else for (const item of value) block += field(beginning, item);
    }
    return block;
  }

  #dateField(): string {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#date.second) {
      const text = new Date(second * 1000).toUTCString();
      this.#date = { second, field: field(this.#beginning('date'), text) };
    }
    return this.#date.field;
  }

  #beginning(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const lower = name.toLowerCase();
    if (!NAME.test(lower)) throw new TypeError(`${JSON.stringify(name)} is no name of a header`);
    const index = STATIC_NAMES.get(lower);
    const beginning = index === undefined ? `\0${text(lower)}` : integer(index, 0x0f);
    if (this.#names.size >= MAX_KNOWN_NAMES) this.#names.clear();
    this.#names.set(name, beginning);
    return beginning;
  }
}

/** A block of a status and nothing else, or the beginning of one. */
export function encodeStatus(status: number): string {
  return STATUSES.get(String(status)) ?? field(integer(STATIC_NAMES.get(':status') ?? 0, 0x0f), String(status));
}

function field(beginning: string, value: string): string {
  if (!PRINTABLE.test(value)) throw new TypeError('a header holds what no header may hold');
  return beginning + text(value);
}

/** Without Huffman's code: it would save a third of the bytes, and cost more than to send them. */
function text(value: string): string {
  return integer(value.length, 0x7f) + value;
}

/** RFC 7541 §5.1. */
function integer(value: number, mask: number): string {
  if (value < mask) return String.fromCharCode(value);
  let bytes = String.fromCharCode(mask);
  let rest = value - mask;
  for (; rest >= 0x80; rest >>= 7) bytes += String.fromCharCode((rest & 0x7f) | 0x80);
  return bytes + String.fromCharCode(rest);
}
