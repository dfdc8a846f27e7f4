import ipaddr from 'ipaddr.js';
import {
  certificationAuthorityText,
  opaqueText,
  parseCertificationAuthority,
  parseOpaqueData,
  parseServiceBinding,
  serviceBindingText,
  textItem,
  textStrings,
  type AnyRecordSet,
  type QueryType,
  type ServiceBinding,
} from '../zone/index.ts';
import { FormatError, type PacketReader } from './packet-reader.ts';
import type { PacketWriter } from './packet-writer.ts';
import { typeName } from './query-type.ts';

/** Writes one record's data from its presentation form. */
export function writeData(writer: PacketWriter, type: AnyRecordSet['type'], item: string): void {
  switch (type) {
    case 'A':
      for (const part of item.split('.')) writer.byte(Number(part));
      return;
    case 'AAAA':
      writer.bytes(Uint8Array.from(ipaddr.IPv6.parse(item).toByteArray()));
      return;
    case 'TXT':
      for (const string of textStrings(item)) writer.string(string);
      return;
    case 'CAA':
      writeCertificationAuthority(writer, item);
      return;
    case 'SVCB':
    case 'HTTPS':
      writeServiceBinding(writer, item);
      return;
    default:
      if (hasFields(type)) writeFields(writer, item, fieldsOf[type]);
      else writer.bytes(parseOpaqueData(item) ?? unwritable(type, item));
  }
}

type Field = 'short' | 'long' | 'name' | 'plain name';

/** Data of numbers and names alone. Those of types younger than RFC 1035 are not compressed (RFC 3597 §4). */
const fieldsOf = {
  CNAME: ['name'],
  NS: ['name'],
  PTR: ['name'],
  MX: ['short', 'name'],
  SRV: ['short', 'short', 'short', 'plain name'],
  SOA: ['name', 'name', 'long', 'long', 'long', 'long', 'long'],
} as const satisfies Readonly<Record<string, readonly Field[]>>;

const hasFields = (type: QueryType): type is keyof typeof fieldsOf => type in fieldsOf;

function writeFields(writer: PacketWriter, item: string, fields: readonly Field[]): void {
  const parts = item.split(' ');
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? '';
    if (field === 'short') writer.short(Number(part));
    else if (field === 'long') writer.long(Number(part));
    else writer.name(part === ROOT ? '' : part, field === 'name');
  }
}

/** The root as data has it; elsewhere names are without the last dot. */
const ROOT = '.';

function writeCertificationAuthority(writer: PacketWriter, item: string): void {
  const { flags, tag, value } = parseCertificationAuthority(item) ?? unwritable('CAA', item);
  writer.byte(flags);
  writer.string(Buffer.from(tag));
  writer.bytes(value);
}

function writeServiceBinding(writer: PacketWriter, item: string): void {
  const binding = parseServiceBinding(item);
  if (typeof binding === 'string') throw new TypeError(binding);
  writer.short(binding.priority);
  writer.name(binding.target === ROOT ? '' : binding.target, false);
  for (const { key, value } of binding.parameters) {
    writer.short(key);
    writer.short(value.length);
    writer.bytes(value);
  }
}

/** Zones have checked what they have. */
function unwritable(type: QueryType, item: string): never {
  throw new TypeError(`${JSON.stringify(item)} is no data of ${type}`);
}

/** The presentation form of the record data that begins where the reader is. */
export function readData(reader: PacketReader, typeCode: number, length: number): string {
  const type = typeName(typeCode);
  const end = reader.at + length;
  const item = readItem(reader, type, end);
  if (reader.at !== end) throw new FormatError('record data of another length than it says');
  return item;
}

function readItem(reader: PacketReader, type: QueryType, end: number): string {
  switch (type) {
    case 'A':
      return reader.slice(4).join('.');
    case 'AAAA':
      return ipaddr.fromByteArray([...reader.slice(16)]).toString();
    case 'TXT': {
      const strings: Buffer[] = [];
      while (reader.at < end) strings.push(reader.slice(reader.byte()));
      return textItem(strings);
    }
    case 'CAA':
      return certificationAuthorityText({
        flags: reader.byte(),
        tag: reader.slice(reader.byte()).toString('latin1'),
        value: restOf(reader, end),
      });
    case 'SVCB':
    case 'HTTPS':
      return readServiceBinding(reader, end);
    default:
      return hasFields(type) ? readFields(reader, fieldsOf[type]) : opaqueText(restOf(reader, end));
  }
}

function readFields(reader: PacketReader, fields: readonly Field[]): string {
  return fields
    .map((field) => {
      if (field === 'short') return reader.short();
      return field === 'long' ? reader.long() : reader.name() || ROOT;
    })
    .join(' ');
}

function restOf(reader: PacketReader, end: number): Buffer {
  if (end < reader.at) throw new FormatError('record data of another length than it says');
  return reader.slice(end - reader.at);
}

function readServiceBinding(reader: PacketReader, end: number): string {
  const priority = reader.short();
  const target = reader.name('no pointers') || ROOT;
  const parameters: ServiceBinding['parameters'][number][] = [];
  while (reader.at < end) parameters.push({ key: reader.short(), value: reader.slice(reader.short()) });
  try {
    return serviceBindingText({ priority, target, parameters });
  } catch (err) {
    if (err instanceof RangeError) throw new FormatError(err.message);
    throw err;
  }
}
