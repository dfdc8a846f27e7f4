import { describe, expect, it } from 'vitest';
import type { QueryType } from '../zone/index.ts';
import { FormatError, PacketReader } from './packet-reader.ts';
import { PacketWriter } from './packet-writer.ts';
import { typeNumber } from './query-type.ts';
import { readData, writeData } from './record-data.ts';

function wireOf(type: Exclude<QueryType, 'ANY'>, item: string): Buffer {
  const writer = new PacketWriter(Buffer.alloc(1000), 1000);
  writeData(writer, type, item);
  return writer.take();
}

const textOf = (type: QueryType, wire: Buffer) => readData(new PacketReader(wire), typeNumber(type), wire.length);

describe('record data on the wire', () => {
  // RFC 9460, appendix D, RFC 8659 §4.1.1, RFC 7505 §3.
  it.each<[Exclude<QueryType, 'ANY'>, string, string]>([
    ['MX', '10 a.example', '000a01610765786 16d706c6500'],
    ['MX', '0 .', '0000 00'],
    ['SRV', '0 0 0 .', '0000 0000 0000 00'],
    ['CAA', '0 issue "ca.example"', '00 05 6973737565 63612e6578616d706c65'],
    ['CAA', '128 issue ";"', '80 05 6973737565 3b'],
    ['TXT', '', '00'],
    ['TXT', '"a" "bc"', '01 61 02 6263'],
    ['HTTPS', '0 foo.example.com', '0000 03666f6f 076578616d706c65 03636f6d 00'],
    ['SVCB', '1 .', '0001 00'],
    ['SVCB', '16 foo.example.com port=53', '0010 03666f6f 076578616d706c65 03636f6d 00 0003 0002 0035'],
    [
      'SVCB',
      '1 foo.example.com key667=hello\\210qoo',
      '0001 03666f6f 076578616d706c65 03636f6d 00 029b 0009 68656c6c6fd2716f6f',
    ],
    [
      'SVCB',
      '16 foo.example.org mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1',
      '0010 03666f6f 076578616d706c65 036f7267 00 0000 0004 0001 0004 0001 0009 026832 0568332d3139 0004 0004 c0000201',
    ],
    [
      'SVCB',
      '16 foo.example.org alpn=f\\\\\\\\oo\\\\,bar,h2',
      '0010 03666f6f 076578616d706c65 036f7267 00 0001 000c 08 665c6f6f2c626172 02 6832',
    ],
    ['TYPE44', '\\# 3 0a0b0c', '0a0b0c'],
  ])('%s %s', (type, item, hex) => {
    const wire = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(wireOf(type, item)).toEqual(wire);
    expect(textOf(type, wire)).toBe(item);
  });

  it.each<[string, QueryType, string]>([
    ['a parameter that is cut short', 'SVCB', '0001 00 0003 0002 00'],
    ['a parameter whose value cannot be', 'SVCB', '0001 00 0003 0001 00'],
    ['an empty protocol', 'HTTPS', '0001 00 0001 0001 00'],
    ['a tag longer than all', 'CAA', '00 05 69'],
    ['a string longer than all', 'TXT', '05 61'],
  ])('refuses %s', (_, type, hex) => {
    expect(() => textOf(type, Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toThrow(FormatError);
  });
});
