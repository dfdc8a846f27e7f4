import { isUtf8 } from 'node:buffer';
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { unescapedBytes } from './character-string.ts';
import { wholeNumber } from './whole-number.ts';

/** How the value of a parameter is written, and what it is on the wire. */
interface ParameterForm {
  /** Undefined where the text is no such value. */
  readonly parse: (value: string) => Buffer | undefined;
  /** Undefined where the bytes are no such value. Empty for a parameter without one. */
  readonly format: (bytes: Buffer) => string | undefined;
}

const keyNames = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
  'ohttp',
] as const;

type KeyName = (typeof keyNames)[number];

/** RFC 9460 §14.3.2: the last one is invalid. */
const MAX_KEY = 65_534;

/** `alpn` is 1, `key12` is 12. */
export function parameterKey(name: string): number | undefined {
  const known = keyNames.findIndex((key) => key === name);
  if (known >= 0) return known;
  const digits = /^key(0|[1-9]\d*)$/.exec(name)?.[1];
  return digits === undefined ? undefined : wholeNumber(digits, MAX_KEY);
}

export function parameterName(key: number): string {
  return keyNames[key] ?? `key${key}`;
}

/** The bytes of a value written without quotes around it; undefined where it is none. */
export function parameterBytes(name: string, value: string): Buffer | undefined {
  const form = formOf(name);
  return form === undefined ? unescapedBytes(value) : form.parse(value);
}

/** As it is written; undefined where the bytes are no value of this parameter. Empty for one without. */
export function parameterText(key: number, bytes: Buffer): string | undefined {
  const form = formOf(parameterName(key));
  return form === undefined ? escaped(bytes) : form.format(bytes);
}

const formOf = (name: string): ParameterForm | undefined =>
  keyNames.some((key) => key === name) ? forms[name as KeyName] : undefined; // @NOTE just found among the names

const none: ParameterForm = {
  parse: (value) => (value === '' ? Buffer.alloc(0) : undefined),
  format: (bytes) => (bytes.length === 0 ? '' : undefined),
};

const forms: Readonly<Record<KeyName, ParameterForm>> = {
  mandatory: {
    parse: (value) => {
      const keys = value.split(',').map(parameterKey);
      const sorted = keys.filter((key) => key !== undefined).sort((a, b) => a - b);
      return sorted.length < keys.length ? undefined : Buffer.concat(sorted.map(shortBytes));
    },
    format: (bytes) => {
      const keys = shortsOf(bytes);
      const isStrictlyRising = keys?.every((key, at) => at === 0 || key > (keys[at - 1] ?? 0));
      return isStrictlyRising === true && keys?.[0] !== 0 ? keys?.map(parameterName).join(',') : undefined;
    },
  },
  alpn: { parse: protocolBytes, format: protocolText },
  'no-default-alpn': none,
  port: {
    parse: (value) => {
      const port = wholeNumber(value, 0xffff);
      return port === undefined ? undefined : shortBytes(port);
    },
    format: (bytes) => (bytes.length === 2 ? String(bytes.readUInt16BE(0)) : undefined),
  },
  ipv4hint: addresses(4, isIPv4),
  ech: {
    parse: (value) => {
      const bytes = Buffer.from(value, 'base64');
      return bytes.length > 0 && bytes.toString('base64') === value ? bytes : undefined;
    },
    format: (bytes) => (bytes.length === 0 ? undefined : bytes.toString('base64')),
  },
  ipv6hint: addresses(16, (text) => !text.includes('%') && ipaddr.IPv6.isValid(text)),
  dohpath: {
    parse: unescapedBytes,
    format: (bytes) => (isUtf8(bytes) && /^\/.*\{.*\bdns\b.*\}/.test(bytes.toString()) ? escaped(bytes) : undefined),
  },
  ohttp: none,
};

function addresses(size: number, isAddress: (text: string) => boolean): ParameterForm {
  return {
    parse: (value) => {
      const all = value.split(',');
      return all.every(isAddress) ? Buffer.from(all.flatMap((text) => ipaddr.parse(text).toByteArray())) : undefined;
    },
    format: (bytes) => {
      if (bytes.length === 0 || bytes.length % size !== 0) return undefined;
      const all = Array.from({ length: bytes.length / size }, (_, at) => [
        ...bytes.subarray(at * size, (at + 1) * size),
      ]);
      return all.map((address) => ipaddr.fromByteArray(address).toString()).join(',');
    },
  };
}

/** RFC 9460 §7.1.1: a comma or backslash of a name is escaped once more than one of the list. */
function protocolBytes(value: string): Buffer | undefined {
  const list = unescapedBytes(value);
  if (list === undefined) return undefined;
  const names =
    list
      .toString('latin1')
      .match(/(?:[^,\\]|\\[^])+|,/g)
      ?.filter((part) => part !== ',') ?? [];
  const all = names.map((name) => Buffer.from(name.replace(/\\([^])/g, '$1'), 'latin1'));
  const isWhole = names.join(',').length === list.length && all.length > 0;
  if (!isWhole || all.some(({ length }) => length > 255)) return undefined;
  return Buffer.concat(all.flatMap((name) => [Buffer.of(name.length), name]));
}

function protocolText(bytes: Buffer): string | undefined {
  const names: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt8(at);
    const name = bytes.subarray(at + 1, at + 1 + length);
    if (length === 0 || name.length < length) return undefined;
    names.push(escaped(Buffer.from(name.toString('latin1').replace(/[,\\]/g, '\\$&'), 'latin1')));
    at += 1 + length;
  }
  return names.length === 0 ? undefined : names.join(',');
}

/** Printable ASCII but for what means something in master files; all else escaped, blanks too: no quotes are needed. */
function escaped(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === '\\' || char === ';' || char === '(' || char === ')') text += `\\${char}`;
    else text += byte > 0x20 && byte < 0x7f ? char : `\\${String(byte).padStart(3, '0')}`;
  }
  return text;
}

const shortBytes = (value: number) => Buffer.of(value >> 8, value & 0xff);

function shortsOf(bytes: Buffer): number[] | undefined {
  if (bytes.length === 0 || bytes.length % 2 !== 0) return undefined;
  return Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16BE(at * 2));
}
