import dns2 from 'dns2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createZone, zoneSet, type RecordSet, type Zone } from '../zone/index.ts';
import { FakeClock, silentLogger } from '../../src/component-base/index.ts';
import { DnsError, PacketReader, readData } from '../packet/index.ts';
import { authoritative } from './authoritative.ts';
import { ServerCookies } from './cookies/server-cookies.ts';
import { createQuickAnswers } from './cache/create-quick-answers.ts';
import type { DnsHandler } from './dns-handler.ts';
import { serverEdns } from './edns/server-edns.ts';
import { createDnsMetrics } from './dns-metrics.ts';
import type { DnsMessage, MessageHandler } from './message-handler.ts';
import { errorsAsRcodes, noTransfers, onlyEdnsVersion0, onlyInternetClass, refuse } from './layers.ts';
import { createResponder, type ResponderOptions } from './responder.ts';

const { Packet } = dns2;
const signal = new AbortController().signal;
const udp = { transport: 'udp', client: '127.0.0.1' } as const;
const tcp = { transport: 'tcp', client: '127.0.0.1' } as const;

const addresses = (count: number) => Array.from({ length: count }, (_, i) => `192.0.2.${i}`);
const set = (name: string, type: RecordSet['type'], data: string[]): RecordSet => ({
  name,
  type,
  ttlSeconds: 180,
  data,
});

const zone = createZone({ name: 'example.com' }, 1, [
  set('one.example.com', 'A', ['192.0.2.1']),
  set('alias.example.com', 'CNAME', ['one.example.com']),
  set('six.example.com', 'AAAA', ['2001:db8::1']),
  set('three.example.com', 'A', addresses(3)),
  set('thirty.example.com', 'A', addresses(30)),
  set('hundred.example.com', 'A', addresses(100)),
  set('text.example.com', 'TXT', ['heritage=koinon, "quoted"']),
  set('_x._tcp.example.com', 'SRV', ['0 5 80 one.example.com']),
]);

function responder(handler?: DnsHandler, generation?: () => unknown, more: Partial<ResponderOptions> = {}) {
  const layers = [errorsAsRcodes(silentLogger), onlyEdnsVersion0, onlyInternetClass, noTransfers];
  const content = handler ?? authoritative({ current: () => zoneSet([zone]), onChange: () => () => undefined })(refuse);
  return createResponder({
    handler: layers.reduceRight((next, layer) => layer(next), content),
    quick: createQuickAnswers(generation === undefined ? undefined : { generation }, undefined).quick,
    metrics: createDnsMetrics(),
    log: silentLogger,
    ...more,
  });
}

interface QuestionOptions {
  readonly type?: number;
  readonly class?: number;
  readonly flags?: number;
  readonly udpSize?: number;
  readonly version?: number;
  readonly doBit?: boolean;
  readonly questions?: number;
  readonly tail?: number[];
}

const short = (value: number) => [value >> 8, value & 0xff];

const wireName = (name: string) => [
  ...(name === '' ? [] : name.split('.')).flatMap((label) => [label.length, ...Buffer.from(label)]),
  0,
];

const defaults = { type: 1, class: 1, flags: 0x0100, version: 0, doBit: false, questions: 1, tail: [] };

/** A query made byte by byte, so that our own encoder is not its own judge. */
function question(name: string, options: QuestionOptions = {}): Buffer {
  const { udpSize, ...rest } = options;
  const chosen = { ...defaults, ...rest };
  const { version, doBit } = chosen;
  const opt = udpSize === undefined ? [] : [0, 0, 41, ...short(udpSize), 0, version, doBit ? 0x80 : 0, 0, 0, 0];
  const counts = [chosen.questions, 0, 0, opt.length > 0 ? 1 : 0].flatMap(short);
  const asked = [...wireName(name), ...short(chosen.type), ...short(chosen.class)];
  return Buffer.from([0x12, 0x34, ...short(chosen.flags), ...counts, ...asked, ...opt, ...chosen.tail]);
}

const respond = responder();
const ask = (packet: Buffer, source: typeof udp | typeof tcp = udp) => {
  const answer = respond(packet, source, signal);
  if (!(answer instanceof Buffer)) throw new Error('no answer at once');
  return answer;
};

const rcodeOf = (answer: Buffer) => answer.readUInt16BE(2) & 0xf;
const truncated = (answer: Buffer) => (answer.readUInt16BE(2) & 0x0200) !== 0;
const answerCount = (answer: Buffer) => answer.readUInt16BE(6);

describe('the packet path', () => {
  it('answers with id, RD and the question as it was written', () => {
    const answer = ask(question('oNe.ExAmPlE.cOm'));
    expect(answer.readUInt16BE(0)).toBe(0x1234);
    expect(answer.readUInt16BE(2)).toBe(0x8500);
    expect(answer.includes('oNe\x07ExAmPlE\x03cOm')).toBe(true);
    expect(answer.subarray(-16).toString('hex')).toBe('c00c00010001000000b40004c0000201');
  });

  it('can be read by others', () => {
    const answers = (name: string, type: number) => Packet.parse(ask(question(name, { type }))).answers;
    expect(answers('alias.example.com', 1)).toMatchObject([
      { name: 'alias.example.com', domain: 'one.example.com', ttl: 180 },
      { name: 'one.example.com', address: '192.0.2.1' },
    ]);
    expect(answers('six.example.com', 28)).toMatchObject([{ address: '2001:db8::1' }]);
    expect(answers('_x._tcp.example.com', 33)).toMatchObject([
      { priority: 0, weight: 5, port: 80, target: 'one.example.com' },
    ]);
  });

  it.each<[string, Buffer, number]>([
    ['a zone that is not ours', question('www.example.org'), 5],
    ['the root', question(''), 5],
    ['another class', question('one.example.com', { class: 3 }), 5],
    ['a transfer', question('example.com', { type: 252 }), 5],
    ['an opcode we have not', question('one.example.com', { flags: 5 << 11 }), 4],
    ['no question', question('one.example.com', { questions: 0 }), 1],
    ['two questions', question('one.example.com', { questions: 2 }), 1],
    ['bytes after the end', question('one.example.com', { tail: [1] }), 1],
    ['a question cut short', question('one.example.com').subarray(0, 20), 1],
    ['a name that does not exist', question('nope.example.com'), 3],
  ])('gives the right rcode for %s', (_, packet, rcode) => {
    expect(rcodeOf(ask(packet))).toBe(rcode);
  });

  it('refuses compressed and looping questions', () => {
    const packet = question('one.example.com');
    packet.set([0xc0, 0x0c], 12);
    expect(rcodeOf(ask(packet))).toBe(1);
  });

  it('says nothing to answers and to what has no header', () => {
    expect(respond(question('one.example.com', { flags: 0x8000 }), udp, signal)).toBeUndefined();
    expect(respond(Buffer.alloc(11), udp, signal)).toBeUndefined();
  });

  it('answers OPT only when asked with one', () => {
    expect(ask(question('one.example.com')).readUInt16BE(10)).toBe(0);
    const answer = ask(question('one.example.com', { udpSize: 4096, doBit: true }));
    expect(answer.readUInt16BE(10)).toBe(1);
    expect(answer.subarray(-11).toString('hex')).toBe('00002904d0000080000000');
  });

  it('knows EDNS version 0 only', () => {
    const answer = ask(question('one.example.com', { udpSize: 1232, version: 1 }));
    expect([rcodeOf(answer), answer.readUInt8(answer.length - 6)]).toEqual([0, 1]);
    expect(answerCount(answer)).toBe(0);
  });

  it('tells those with EDNS why it refuses', () => {
    const answer = ask(question('www.example.org', { udpSize: 1232 }));
    expect(answer.subarray(-6).toString('hex')).toBe('000f00020014');
  });

  it.each([
    { how: 'without EDNS', name: 'thirty.example.com', limit: 512, cut: true },
    { how: 'with room', name: 'thirty.example.com', udpSize: 1232, limit: 1232, cut: false },
    { how: 'with a size below the least', name: 'thirty.example.com', udpSize: 100, limit: 512, cut: true },
    { how: 'with more than goes in one piece', name: 'hundred.example.com', udpSize: 65_535, limit: 1232, cut: true },
  ])('cuts an answer only where it must, $how', ({ name, udpSize, limit, cut }) => {
    const answer = ask(question(name, udpSize === undefined ? {} : { udpSize }));
    expect(answer.length).toBeLessThanOrEqual(limit);
    expect(truncated(answer)).toBe(cut);
    expect(answerCount(answer)).toBe(cut ? 0 : 30);
  });

  it('gives everything over TCP', () => {
    const answer = ask(question('hundred.example.com'), tcp);
    expect([truncated(answer), answerCount(answer)]).toEqual([false, 100]);
  });

  it('turns errors into rcodes', async () => {
    const thrown = responder(() => {
      throw new Error('broken');
    });
    const rejected = responder(() => Promise.reject(new DnsError('REFUSED', 'not for you')));
    const packet = question('one.example.com');
    const answers = [await thrown(packet, udp, signal), await rejected(packet, udp, signal)];
    expect(answers.map((answer) => answer && rcodeOf(answer))).toEqual([2, 5]);
  });
});

describe('the answer cache', () => {
  const cached = (zones: { current: Zone }) => {
    let asked = 0;
    const handler: DnsHandler = (query, inner) => {
      asked++;
      return authoritative({ current: () => zoneSet([zones.current]), onChange: () => () => undefined })(refuse)(
        query,
        inner,
      );
    };
    return { respond: responder(handler, () => zones.current), asked: () => asked };
  };

  const firstAddress = (answer: unknown) => {
    if (!(answer instanceof Buffer)) throw new Error('no answer at once');
    return Packet.parse(answer).answers.map((record) => ('address' in record ? record.address : ''))[0];
  };

  it('asks once, patches the id, and asks again when the zones changed', () => {
    const zones = { current: zone };
    const { respond: reply, asked } = cached(zones);
    const packet = question('one.example.com');
    const first = reply(packet, udp, signal);
    packet.writeUInt16BE(0xbeef, 0);
    const second = reply(packet, udp, signal) as Buffer;
    expect([asked(), second.readUInt16BE(0)]).toEqual([1, 0xbeef]);
    expect(second.subarray(2)).toEqual((first as Buffer).subarray(2));

    zones.current = createZone({ name: 'example.com' }, 2, [set('one.example.com', 'A', ['192.0.2.99'])]);
    expect(firstAddress(reply(packet, udp, signal))).toBe('192.0.2.99');
  });

  it('keeps answers for UDP and TCP, and for other cases of a name, apart', () => {
    const { respond: reply, asked } = cached({ current: zone });
    void reply(question('hundred.example.com'), udp, signal);
    const whole = reply(question('hundred.example.com'), tcp, signal) as Buffer;
    expect([asked(), truncated(whole)]).toEqual([2, false]);
    expect((reply(question('HUNDRED.example.com'), udp, signal) as Buffer).includes('HUNDRED')).toBe(true);
  });

  it('lets every record of a set come first in turn', () => {
    const { respond: reply } = cached({ current: zone });
    const firsts = Array.from({ length: 6 }, () => firstAddress(reply(question('three.example.com'), udp, signal)));
    expect(firsts).toEqual([...addresses(3), ...addresses(3)]);
  });

  it('does not fill with questions that never come again', () => {
    const { respond: reply, asked } = cached({ current: zone });
    const withCookie = question('one.example.com', { udpSize: 1232 });
    withCookie.writeUInt16BE(12, withCookie.length - 2);
    const packet = Buffer.concat([withCookie, Buffer.from('000a0008aabbccddeeff0011', 'hex')]);
    void reply(packet, udp, signal);
    void reply(packet, udp, signal);
    expect(asked()).toBe(2);
  });
});

describe('malformed packets', () => {
  const reply = responder(undefined, () => zone);

  it('never crash it, and an answer is never longer than allowed', () => {
    const valid = fc
      .constantFrom('one.example.com', 'hundred.example.com', 'x.y')
      .map((name) => question(name, { udpSize: 4096 }));
    const mutated = fc
      .tuple(valid, fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 8 }), fc.nat(80))
      .map(([packet, changes, length]) => {
        const copy = Buffer.from(packet);
        for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
        return copy.subarray(0, Math.max(length, 12));
      });
    const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mutated, noise), (packet) => {
        const answer = reply(packet, udp, signal);
        if (answer === undefined) return;
        expect(answer).toBeInstanceOf(Buffer);
        expect((answer as Buffer).length).toBeLessThanOrEqual(1232);
        expect((answer as Buffer).readUInt16BE(0)).toBe(packet.readUInt16BE(0));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives any bytes in labels back as they came', () => {
    const label = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 5 }), (labels) => {
        const wire = Buffer.concat(labels.flatMap((bytes) => [Buffer.from([bytes.length]), bytes]));
        const head = question('').subarray(0, 12);
        const packet = Buffer.concat([head, wire, Buffer.from([0, 0, 1, 0, 1])]);
        const answer = reply(packet, udp, signal) as Buffer;
        expect(answer.subarray(12, 12 + wire.length)).toEqual(wire);
      }),
    );
  });

  it('stop a reader of record data at the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(1, 2, 6, 16, 28, 33, 65), (bytes, type) => {
        try {
          readData(new PacketReader(Buffer.from(bytes)), type, bytes.length);
        } catch (err) {
          expect(err).toHaveProperty('name', 'FormatError');
        }
      }),
    );
  });
});

describe('what is no ordinary question', () => {
  const taken: DnsMessage[] = [];
  const messages: MessageHandler = {
    opcodes: new Set([4, 5]),
    answer: async (message, plainly) => {
      taken.push(message);
      if (message.header.opcode === 5) throw new Error('broken');
      return plainly(question('one.example.com'));
    },
  };
  const reply = responder(undefined, undefined, { messages });
  const tsig = [...wireName('key'), 0, 250, 0, 255, 0, 0, 0, 0, 0, 0];
  const signed = () => {
    const packet = question('one.example.com', { tail: tsig });
    packet.writeUInt16BE(1, 10);
    return packet;
  };

  it.each([
    { what: 'an opcode', packet: question('example.com', { flags: 4 << 11, type: 6 }), type: undefined },
    { what: 'a transfer', packet: question('example.com', { type: 252 }), type: 252 },
    { what: 'a signed question', packet: signed(), type: 1 },
  ])('is given on whole: $what', async ({ packet, type }) => {
    const answer = await reply(packet, tcp, signal);
    expect(taken.at(-1)).toMatchObject({ packet, questionType: type, source: tcp });
    expect(answer && answerCount(answer)).toBe(1);
  });

  it('is a SERVFAIL when that fails, and not implemented where nobody takes it', async () => {
    const failed = await reply(question('example.com', { flags: 5 << 11 }), udp, signal);
    expect(failed && rcodeOf(failed)).toBe(2);
    const other = await reply(question('example.com', { flags: 6 << 11 }), udp, signal);
    expect(other && rcodeOf(other)).toBe(4);
  });
});

describe('options', () => {
  it.each([
    ['longer than their record', [0, 3, 0, 5, 1]],
    ['cut short', [0, 3]],
  ])('are malformed when they are %s', (_, option) => {
    expect(rcodeOf(ask(withOption('one.example.com', option)))).toBe(1);
  });

  it('that nobody knows are passed over', () => {
    const answer = ask(withOption('one.example.com', [0xff, 0xfe, 0, 2, 1, 2]));
    expect([rcodeOf(answer), answerCount(answer)]).toEqual([0, 1]);
    expect(answer.subarray(-11).toString('hex')).toBe('00002904d0000000000000');
  });

  it('of an answer are sent to whoever asked with EDNS', () => {
    const reply = responder(() => ({ rcode: 'NOERROR', options: [{ code: 65_001, data: Buffer.from('hi') }] }));
    const plain = reply(question('one.example.com'), udp, signal) as Buffer;
    const withEdns = reply(question('one.example.com', { udpSize: 1232 }), udp, signal) as Buffer;
    expect([plain.length, withEdns.subarray(-6).toString('hex')]).toEqual([33, 'fde900026869']);
  });
});

function withOption(name: string, option: number[]): Buffer {
  const packet = question(name, { udpSize: 1232 });
  packet.writeUInt16BE(option.length, packet.length - 2);
  return Buffer.concat([packet, Buffer.from(option)]);
}

describe('cookies', () => {
  const cookies = new ServerCookies({}, new FakeClock());
  const reply = responder(undefined, () => zone, { ownEdns: serverEdns({ cookies, idleMs: 1000 }) });
  const cookie = [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8];

  it('come with the answer, with errors, and without a question', () => {
    const got = [withOption('one.example.com', cookie), withOption('nope.example.com', cookie), onlyOption(cookie)].map(
      (packet) => reply(packet, udp, signal) as Buffer,
    );
    expect(got.map(rcodeOf)).toEqual([0, 3, 0]);
    for (const answer of got) expect(answer.subarray(-28, -16).toString('hex')).toBe('000a00180102030405060708');
    expect(got[2]?.length).toBe(12 + 11 + 28);
  });

  it('of a wrong length are no question', () => {
    const answer = reply(withOption('one.example.com', [0, 10, 0, 1, 1]), udp, signal) as Buffer;
    expect([rcodeOf(answer), answer.readUInt16BE(10)]).toEqual([1, 1]);
    expect(rcodeOf(reply(onlyOption([0, 10, 0, 1, 1]), udp, signal) as Buffer)).toBe(1);
    expect(rcodeOf(reply(onlyOption([0, 3, 0, 0]), udp, signal) as Buffer)).toBe(1);
  });
});

/** No question at all. */
function onlyOption(option: number[]): Buffer {
  const packet = Buffer.from([...Array.from({ length: 12 }, () => 0), 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, option.length]);
  packet.writeUInt16BE(1, 10);
  return Buffer.concat([packet, Buffer.from(option)]);
}
