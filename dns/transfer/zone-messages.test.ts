import { describe, expect, it } from 'vitest';
import { silentLogger as log, systemClock as clock } from '../../src/component-base/index.ts';
import { AXFR, HEADER_BYTES, IXFR, PacketWriter, rcodes, typeNumber, writeData } from '../packet/index.ts';
import { ClientGone, type DnsMessage } from '../server/index.ts';
import { parseTsigKey, signRequest } from '../tsig/index.ts';
import { encodeUpdate, type Update } from '../update/index.ts';
import { createZone, zoneSet, type RecordSet, type Zone } from '../zone/index.ts';
import { createTransfers } from './transfers.ts';

const key = parseTsigKey({ name: 'transfer', secret: 'c2VjcmV0' });
const never = new AbortController().signal;

function handlerFor(zone: Zone, written: Promise<unknown> = Promise.resolve()) {
  const zones = zoneSet([zone]);
  const anybody = [{ addresses: ['127.0.0.1'] }];
  const { messages } = createTransfers(
    { keys: [key], zones: [{ zone: zone.name, transfer: anybody, update: anybody }] },
    {
      source: {
        current: () => zones,
        onChange: () => () => undefined,
        change: async (_, decide) => {
          zone.change(decide(zone));
          await written;
        },
      },
      clock,
      log,
    },
  );
  return messages;
}

const zoneOf = (records: number) =>
  createZone(
    { name: 'example.com' },
    7,
    Array.from({ length: records }, (_, i): RecordSet => ({ ...text(`n${i}`), data: [String(i)] })),
  );

const text = (name: string): RecordSet => ({ name: `${name}.example.com`, type: 'TXT', ttlSeconds: 60, data: ['x'] });

function transferQuestion(type: number, since?: number): Buffer {
  const writer = new PacketWriter(Buffer.alloc(512), 512);
  for (const short of [99, 0, 1, 0, since === undefined ? 0 : 1, 0]) writer.short(short);
  writer.name('example.com');
  writer.short(type);
  writer.short(1);
  if (since !== undefined) {
    writer.name('example.com');
    writer.short(typeNumber('SOA'));
    writer.short(1);
    writer.long(0);
    const lengthAt = writer.at;
    writer.short(0);
    writeData(writer, 'SOA', `a b ${since} 1 1 1 1`);
    writer.shortAt(lengthAt, writer.at - lengthAt - 2);
  }
  return writer.take();
}

function message(packet: Buffer, questionType: number | undefined, more?: DnsMessage['source']['more']): DnsMessage {
  return {
    packet,
    questionType,
    header: {
      id: packet.readUInt16BE(0),
      opcode: (packet.readUInt16BE(2) >> 11) & 0xf,
      recursionDesired: false,
      checkingDisabled: false,
    },
    source: {
      transport: more === undefined ? 'udp' : 'tcp',
      client: '127.0.0.1',
      ...(more === undefined ? {} : { more }),
    },
  };
}

const plainly = async () => undefined;
const rcodeOf = (reply: Buffer | undefined) => (reply === undefined ? undefined : reply.readUInt16BE(2) & 0xf);
const answersOf = (reply: Buffer | undefined) => reply?.readUInt16BE(6);

describe('messages of other servers', () => {
  it('over UDP: all of a zone is refused, changes are given where they fit, else the SOA alone', async () => {
    const zone = zoneOf(3);
    const handler = handlerFor(zone);
    const ask = async (type: number, since?: number) =>
      handler.answer(message(transferQuestion(type, since), type), plainly, never);
    expect(rcodeOf(await ask(AXFR))).toBe(rcodes.FORMERR);
    zone.change({ upsert: [text('new')], remove: [] });
    expect(answersOf(await ask(IXFR, zone.serial - 1))).toBe(5);
    expect(answersOf(await ask(IXFR, zone.serial))).toBe(1);
    // A client that is ahead of us, and one whose version nobody knows.
    expect(answersOf(await ask(IXFR, zone.serial + 1))).toBe(1);
    expect(answersOf(await ask(IXFR, zone.serial - 1000))).toBe(1);
    zone.change({ upsert: Array.from({ length: 40 }, (_, i) => text(`many-${i}`)), remove: [] });
    expect(answersOf(await ask(IXFR, zone.serial - 1))).toBe(1);
  });

  it.each([
    ['an IXFR that does not say since when', transferQuestion(IXFR), IXFR],
    ['an update without a zone', Buffer.from('000028000000000000000000', 'hex'), undefined],
    [
      'an update that is cut off',
      encodeUpdate({ id: 1, zone: 'example.com', prerequisites: [], updates: [] }).subarray(0, -2),
      undefined,
    ],
  ])('are answered FORMERR: %s', async (_, packet, type) => {
    expect(rcodeOf(await handlerFor(zoneOf(1)).answer(message(packet, type), plainly, never))).toBe(rcodes.FORMERR);
  });

  it('that tell of changes elsewhere are answered NOTAUTH: nothing here is a copy', async () => {
    const notify = transferQuestion(typeNumber('SOA'));
    notify.writeUInt16BE(4 << 11, 2);
    expect(rcodeOf(await handlerFor(zoneOf(1)).answer(message(notify, undefined), plainly, never))).toBe(
      rcodes.NOTAUTH,
    );
  });

  it('get a zone as it was when they asked, message by message as they take it, and changes do not wait for them', async () => {
    const zone = zoneOf(3000);
    const taken: Buffer[] = [];
    const more = async (one: Buffer) => {
      taken.push(one);
      zone.change({ upsert: [text(`later-${taken.length}`)], remove: [{ name: 'n2999.example.com', type: 'TXT' }] });
    };
    const last = await handlerFor(zone).answer(message(transferQuestion(AXFR), AXFR, more), plainly, never);
    const records = [...taken, last].reduce((sum, one) => sum + (answersOf(one) ?? 0), 0);
    expect(taken.length).toBeGreaterThan(3);
    // SOA twice, NS, and what was published.
    expect(records).toBe(3003);
    expect(zone.sets('n2999.example.com')).toEqual([]);
  });

  it('have no more than ten transfers at a time, and those who go make room', async () => {
    const handler = handlerFor(zoneOf(2000));
    const gone = Promise.withResolvers<never>();
    const ask = async (more: () => Promise<void>) =>
      handler.answer(message(transferQuestion(AXFR), AXFR, more), plainly, never);
    let waiting = 0;
    const slow = Array.from({ length: 10 }, async () =>
      ask(async () => {
        waiting++;
        return gone.promise;
      }),
    );
    await expect.poll(() => waiting).toBe(10);
    expect(rcodeOf(await ask(async () => undefined))).toBe(rcodes.SERVFAIL);
    gone.reject(new ClientGone());
    expect(await Promise.all(slow)).toEqual(slow.map(() => undefined));
    expect(rcodeOf(await ask(async () => undefined))).toBe(rcodes.NOERROR);
  });

  it('make no more changes at a time than can wait for the disk', async () => {
    const disk = Promise.withResolvers<undefined>();
    const handler = handlerFor(zoneOf(1), disk.promise);
    const claim = async (name: string) => {
      const updates: Update[] = [{ kind: 'add', set: text(name) }];
      const packet = encodeUpdate({ id: 1, zone: 'example.com', prerequisites: [], updates });
      return rcodeOf(await handler.answer(message(packet, undefined), plainly, never));
    };
    const waiting = Array.from({ length: 200 }, async (_, index) => claim(`waits-${index}`));
    expect(await claim('late')).toBe(rcodes.SERVFAIL);
    disk.resolve(undefined);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([rcodes.NOERROR]));
    expect(await claim('later')).toBe(rcodes.NOERROR);
  });

  it('may be any bytes at all', async () => {
    const handler = handlerFor(zoneOf(5));
    const update = encodeUpdate({
      id: 1,
      zone: 'example.com',
      prerequisites: [{ kind: 'set is', name: 'a.example.com', type: 'SRV', data: ['1 2 3 b.example.com'] }],
      updates: [{ kind: 'add', set: { name: 'a.example.com', type: 'AAAA', ttlSeconds: 60, data: ['2001:db8::1'] } }],
    });
    const good = [update, transferQuestion(IXFR, 3), transferQuestion(AXFR)];
    const packets = [...good, ...good.map((one) => signRequest(one, key, Math.floor(clock.now() / 1000)).packet)];
    const random = numbers(20_260);
    for (let round = 0; round < 4000; round++) {
      const packet = mutated(packets[random(packets.length)] ?? update, random);
      const type = packet.readUInt16BE(2) >> 11 === 5 ? undefined : [AXFR, IXFR][random(2)];
      const reply = await handler.answer(message(packet, type), plainly, never);
      if (reply !== undefined) expect(reply.length).toBeLessThan(packet.length + 600);
    }
  });
});

/** Whole numbers below a limit, the same for the same seed. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function mutated(packet: Buffer, random: (limit: number) => number): Buffer {
  const bytes = Buffer.from(packet);
  for (let flips = random(4); flips > 0; flips--) bytes.writeUInt8(random(256), random(bytes.length));
  return bytes.subarray(0, random(3) === 0 ? HEADER_BYTES + random(bytes.length - HEADER_BYTES) : bytes.length);
}
