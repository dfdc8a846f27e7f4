import { expect, it } from 'vitest';
import { HEADER_BYTES, OPT, PacketReader, PacketWriter, typeNumber, writeData } from '../../packet/index.ts';
import type { AnyRecordSet } from '../../zone/index.ts';
import { agedAnswer, keptAnswer } from './kept-answer.ts';

const limits = { successSeconds: 100, denialSeconds: 50 };
const record = (type: 'A' | 'CNAME' | 'SOA', ttlSeconds: number, data: string): AnyRecordSet => ({
  name: 'a.test',
  type,
  ttlSeconds,
  data: [data],
});
const address = (ttlSeconds: number) => record('A', ttlSeconds, '192.0.2.1');
const alias = record('CNAME', 70, 'b.test');
const soa = record('SOA', 60, 'ns.test hostmaster.test 1 7200 1800 86400 20');

interface Answer {
  readonly flags?: number;
  readonly answers?: readonly AnyRecordSet[];
  readonly authority?: readonly AnyRecordSet[];
}

/** To the question for the address of a.test, with an OPT record whose "TTL" is none. */
function packet({ flags = 0, answers = [], authority = [] }: Answer): Buffer {
  const writer = new PacketWriter(Buffer.alloc(1024), 1024);
  for (const short of [1, 0x8000 | flags, 1, answers.length, authority.length, 1]) writer.short(short);
  writer.name('a.test');
  writer.short(typeNumber('A'));
  writer.short(1);
  for (const { name, type, ttlSeconds, data } of [...answers, ...authority]) {
    writer.name(name);
    writer.short(typeNumber(type));
    writer.short(1);
    writer.long(ttlSeconds);
    const lengthAt = writer.at;
    writer.short(0);
    writeData(writer, type, data[0] ?? '');
    writer.shortAt(lengthAt, writer.at - lengthAt - 2);
  }
  writer.byte(0);
  writer.short(OPT);
  writer.short(1232);
  writer.long(1);
  writer.short(0);
  return writer.take();
}

it.each<[string, Answer, number | undefined]>([
  ['an answer for its least TTL', { answers: [alias, address(30)] }, 30],
  ['an answer no longer than is wanted', { answers: [address(5000)] }, 100],
  ['a TTL without its topmost bit', { answers: [address(0x80000007)] }, 7],
  ['not what has no TTL', { answers: [address(0)] }, undefined],
  ['no data as long as its SOA says', { authority: [soa] }, 20],
  ['no name as long as its SOA says', { flags: 3, authority: [soa] }, 20],
  ['an alias to where there is none as long as the SOA says', { answers: [alias], authority: [soa] }, 20],
  ['no denial without a SOA', { flags: 3 }, undefined],
  ['no alias that leads nowhere', { answers: [alias] }, undefined],
  ['no failure', { flags: 2, authority: [soa] }, undefined],
  ['nothing that was cut short', { flags: 0x0200, answers: [address(30)] }, undefined],
])('keeps %s', (_, answer, ttlSeconds) => {
  expect(keptAnswer(packet(answer), limits)?.ttlSeconds).toBe(ttlSeconds);
});

it('keeps nothing that cannot be read', () => {
  expect(keptAnswer(packet({ answers: [address(30)] }).subarray(0, 40), limits)).toBeUndefined();
});

it('makes TTLs shorter with age, and leaves the OPT record alone', () => {
  const kept = keptAnswer(packet({ answers: [address(30)] }), limits);
  if (kept === undefined) throw new Error('it is to be kept');
  const ttls = (aged: Buffer) => {
    const reader = new PacketReader(aged, HEADER_BYTES);
    reader.name();
    reader.slice(4);
    return [0, 1].map(() => {
      reader.name();
      reader.slice(4);
      const ttl = reader.long();
      reader.slice(reader.short());
      return ttl;
    });
  };
  expect(ttls(agedAnswer(kept, 12))).toEqual([18, 1]);
  expect(ttls(agedAnswer(kept, 0, 5))).toEqual([5, 1]);
  expect(ttls(agedAnswer(kept, 40))).toEqual([0, 1]);
});
