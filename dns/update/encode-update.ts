import { PacketWriter, typeNumber, writeData } from '../packet/index.ts';
import type { AnyRecordSet } from '../zone/index.ts';
import { recordClasses } from './record-classes.ts';
import type { Prerequisite, Update, UpdateMessage } from './update-message.ts';

/** Of the header: an update, not an answer. */
const UPDATE_FLAGS = 5 << 11;
const SOA = 6;
const ANY = 255;

/** Room for a signature in a message of 65,535 bytes is the caller's to leave. */
export const MAX_UPDATE_BYTES = 0xffff;

/** Throws `PacketFull` where more than `limitBytes` would be needed: fewer updates a message are the remedy. */
export function encodeUpdate(message: UpdateMessage, limitBytes = MAX_UPDATE_BYTES): Buffer {
  const writer = new PacketWriter(Buffer.allocUnsafe(limitBytes), limitBytes);
  for (const short of [message.id, UPDATE_FLAGS, 1, 0, 0, 0]) writer.short(short);
  writer.name(message.zone);
  writer.short(SOA);
  writer.short(recordClasses.IN);

  let prerequisites = 0;
  for (const one of message.prerequisites) prerequisites += writePrerequisite(writer, one);
  let updates = 0;
  for (const one of message.updates) updates += writeUpdate(writer, one);
  writer.shortAt(6, prerequisites);
  writer.shortAt(8, updates);
  return writer.take();
}

function writePrerequisite(writer: PacketWriter, one: Prerequisite): number {
  switch (one.kind) {
    case 'name in use':
      return writeBare(writer, one.name, ANY, 'ANY');
    case 'name not in use':
      return writeBare(writer, one.name, ANY, 'NONE');
    case 'set exists':
      return writeBare(writer, one.name, typeNumber(one.type), 'ANY');
    case 'set absent':
      return writeBare(writer, one.name, typeNumber(one.type), 'NONE');
    case 'set is':
      return writeRecords(writer, { ...one, ttlSeconds: 0 }, 'IN');
  }
}

function writeUpdate(writer: PacketWriter, one: Update): number {
  switch (one.kind) {
    case 'add':
      return writeRecords(writer, one.set, 'IN');
    case 'delete records':
      return writeRecords(writer, { ...one, ttlSeconds: 0 }, 'NONE');
    case 'delete set':
      return writeBare(writer, one.name, typeNumber(one.type), 'ANY');
    case 'delete name':
      return writeBare(writer, one.name, ANY, 'ANY');
  }
}

/** A record without data: it speaks of a name or a set. */
function writeBare(writer: PacketWriter, name: string, type: number, recordClass: keyof typeof recordClasses): number {
  writer.name(name);
  writer.short(type);
  writer.short(recordClasses[recordClass]);
  writer.long(0);
  writer.short(0);
  return 1;
}

function writeRecords(writer: PacketWriter, set: AnyRecordSet, recordClass: keyof typeof recordClasses): number {
  for (const item of set.data) {
    writer.name(set.name);
    writer.short(typeNumber(set.type));
    writer.short(recordClasses[recordClass]);
    writer.long(set.ttlSeconds);
    const lengthAt = writer.at;
    writer.short(0);
    writeData(writer, set.type, item);
    writer.shortAt(lengthAt, writer.at - lengthAt - 2);
  }
  return set.data.length;
}
