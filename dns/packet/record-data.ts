import ipaddr from 'ipaddr.js';
import type { AnyRecordSet } from '../zone/index.ts';
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
    case 'CNAME':
    case 'NS':
    case 'PTR':
      writer.name(item);
      return;
    case 'TXT':
      writeStrings(writer, Buffer.from(item));
      return;
    case 'SRV':
      writeFields(writer, item, ['short', 'short', 'short', 'plain name']);
      return;
    case 'SOA':
      writeFields(writer, item, ['name', 'name', 'long', 'long', 'long', 'long', 'long']);
      return;
    default:
      writer.bytes(opaque(item));
  }
}

const MAX_STRING_BYTES = 255;

/** One string; what others published may be longer than one can be. */
function writeStrings(writer: PacketWriter, text: Buffer): void {
  for (let from = 0; from === 0 || from < text.length; from += MAX_STRING_BYTES) {
    writer.string(text.subarray(from, from + MAX_STRING_BYTES));
  }
}

type Field = 'short' | 'long' | 'name' | 'plain name';

function writeFields(writer: PacketWriter, item: string, fields: readonly Field[]): void {
  const parts = item.split(' ');
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? '';
    if (field === 'short') writer.short(Number(part));
    else if (field === 'long') writer.long(Number(part));
    else writer.name(part, field === 'name');
  }
}

/** RFC 3597 §5: `\# length hex`. */
function opaque(item: string): Uint8Array {
  const [, , hex = ''] = item.split(' ');
  return Buffer.from(hex, 'hex');
}

/** The presentation form of the record data that begins where the reader is. */
export function readData(reader: PacketReader, typeCode: number, length: number): string {
  const type = typeName(typeCode);
  const end = reader.at + length;
  const item = readItem(reader, type, end);
  if (reader.at !== end) throw new FormatError('record data of another length than it says');
  return item;
}

function readItem(reader: PacketReader, type: ReturnType<typeof typeName>, end: number): string {
  switch (type) {
    case 'A':
      return reader.slice(4).join('.');
    case 'AAAA':
      return ipaddr.fromByteArray([...reader.slice(16)]).toString();
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return reader.name();
    case 'TXT':
      return readStrings(reader, end);
    case 'SRV':
      return [reader.short(), reader.short(), reader.short(), reader.name()].join(' ');
    case 'SOA':
      return [reader.name(), reader.name(), ...Array.from({ length: 5 }, () => reader.long())].join(' ');
    default: {
      const bytes = reader.slice(end - reader.at);
      return `\\# ${bytes.length} ${bytes.toString('hex')}`;
    }
  }
}

function readStrings(reader: PacketReader, end: number): string {
  let text = '';
  while (reader.at < end) text += reader.slice(reader.byte()).toString();
  return text;
}
