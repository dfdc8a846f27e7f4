import { PacketWriter, typeNumber, writeData } from '../packet/index.ts';
import type { AnyRecordSet } from '../zone/index.ts';

const NOTIFY_FLAGS = (4 << 11) | 0x0400;
const IN = 1;
const MAX_BYTES = 1024;

/** Says that a zone has this SOA now (RFC 1996 §3.7). */
export function notifyMessage(id: number, soa: AnyRecordSet): Buffer {
  const writer = new PacketWriter(Buffer.alloc(MAX_BYTES), MAX_BYTES);
  for (const short of [id, NOTIFY_FLAGS, 1, 1, 0, 0]) writer.short(short);
  writer.name(soa.name);
  writer.short(typeNumber('SOA'));
  writer.short(IN);
  writer.name(soa.name);
  writer.short(typeNumber('SOA'));
  writer.short(IN);
  writer.long(soa.ttlSeconds);
  const lengthAt = writer.at;
  writer.short(0);
  writeData(writer, 'SOA', soa.data[0] ?? '');
  writer.shortAt(lengthAt, writer.at - lengthAt - 2);
  return writer.take();
}
