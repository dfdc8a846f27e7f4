import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock, silentLogger as log } from '../../../src/component-base/index.ts';
import { createChooser, createPlaces } from '../../choice/index.ts';
import { PacketReader, readData, typeName } from '../../packet/index.ts';
import { createZone, zoneSet, type RecordChanges, type RecordSet, type ZoneSource } from '../../zone/index.ts';
import { authoritative } from '../authoritative.ts';
import { choosing } from '../choosing.ts';
import { ServerCookies } from '../cookies/server-cookies.ts';
import { createDnsMetrics } from '../dns-metrics.ts';
import { serverEdns } from '../edns/server-edns.ts';
import { errorsAsRcodes, onlyInternetClass, refuse } from '../layers.ts';
import { createResponder } from '../responder.ts';
import { createQuickAnswers } from './create-quick-answers.ts';

const signal = new AbortController().signal;
const ORIGIN = 'example.com';
const places = createPlaces({
  configured: [
    { cidr: '198.51.100.0/24', place: { region: 'eu', source: 'configuration' } },
    { cidr: '203.0.113.0/24', place: { region: 'us', source: 'configuration' } },
  ],
});
const chooser = createChooser(places);
const onChosen = () => undefined;

/** A zone that changes, and two that answer from it: one that keeps answers, and one that makes each anew. */
function pair() {
  const zone = createZone({ name: ORIGIN }, 1);
  const listeners = new Set<Parameters<ZoneSource['onChange']>[0]>();
  const zones: ZoneSource = {
    current: () => zoneSet([zone]),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  let asked = 0;
  const layers = [errorsAsRcodes(log), onlyInternetClass, choosing(chooser, onChosen)];
  const handler = layers.reduceRight(
    (next, layer) => layer(next),
    authoritative(zones)((query, inner) => {
      asked++;
      return refuse(query, inner);
    }),
  );
  const cookies = new ServerCookies({ secrets: [Buffer.alloc(16, 1)] }, new FakeClock());
  const { quick } = createQuickAnswers({ zones, choosing: { chooser, onChosen } }, cookies);
  const ownEdns = serverEdns({ cookies, idleMs: 1000 });
  const counted = (query: Parameters<typeof handler>[0], inner: AbortSignal) => {
    asked++;
    return handler(query, inner);
  };
  const keeping = createResponder({ handler: counted, quick, ownEdns, metrics: createDnsMetrics(), log });
  const anew = createResponder({ handler, ownEdns, metrics: createDnsMetrics(), log });
  const answerOf = (respond: typeof anew, packet: Buffer, client: string) => {
    const answer = respond(Buffer.from(packet), { transport: 'udp', client }, signal);
    if (!(answer instanceof Buffer)) throw new TypeError('answers of zones are there at once');
    return answer;
  };
  return {
    change: (changes: Partial<RecordChanges>) => {
      for (const change of zone.change({ upsert: [], remove: [], ...changes })) {
        for (const listener of listeners) listener(change);
      }
    },
    kept: (packet: Buffer, client = '192.0.2.1') => answerOf(keeping, packet, client),
    anew: (packet: Buffer, client = '192.0.2.1') => answerOf(anew, packet, client),
    asked: () => asked,
  };
}

interface Asking {
  readonly type?: number;
  readonly edns?: boolean;
  readonly options?: readonly number[];
  readonly flags?: number;
  readonly id?: number;
}

const short = (value: number) => [value >> 8, value & 0xff];

function question(name: string, { type = 1, edns = false, options = [], flags = 0x0100, id = 7 }: Asking = {}): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  const opt = edns ? [0, 0, 41, 4, 208, 0, 0, 0, 0, ...short(options.length), ...options] : [];
  return Buffer.from(
    [...[id, flags, 1, 0, 0, edns ? 1 : 0].flatMap(short), ...labels, 0, ...short(type), 0, 1, opt].flat(),
  );
}

/** Header and question as they are, and the records of each section, in no order. */
function contentOf(packet: Buffer) {
  const reader = new PacketReader(packet, 12);
  const name = reader.name();
  reader.slice(4);
  const sections = [6, 8, 10].map((at) =>
    Array.from({ length: packet.readUInt16BE(at) }, () => {
      const owner = reader.name();
      const type = reader.short();
      const rest = [reader.short(), reader.long()];
      const length = reader.short();
      const data = type === 41 ? reader.slice(length).toString('hex') : readData(reader, type, length);
      return [owner, typeName(type), ...rest, data].join(' ');
    }).sort(),
  );
  expect(reader.done).toBe(true);
  return { header: packet.subarray(0, 12).toString('hex'), name, sections };
}

const a = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 60, data });

const labels = fc.constantFrom('a', 'b', 'c', '*', 'web');
const names = fc
  .array(labels, { minLength: 1, maxLength: 3 })
  .map((parts) => [...parts.map((part, at) => (part === '*' && at > 0 ? 'b' : part)), ORIGIN].join('.'));
const published = names.map((name) => name.replace('web', 'www'));
const address = fc.nat(9).map((last) => `192.0.2.${last}`);
const addresses = fc.uniqueArray(address, { minLength: 1, maxLength: 4 });
const sets: fc.Arbitrary<RecordSet> = fc.oneof(
  fc.record({ name: published, data: addresses }).map(({ name, data }) => a(name, ...data)),
  fc.record({ name: published, data: addresses }).map(({ name, data }): RecordSet => {
    const candidates = data.map((item, at) => ({ name: `c${at}`, data: [item], region: ['eu', 'us'][at] ?? 'asia' }));
    return { ...a(name, ...data), choice: { policy: 'nearest', candidates } };
  }),
  fc.record({ name: published, target: published }).map(({ name, target }): RecordSet => {
    return { name, type: 'CNAME', ttlSeconds: 30, data: [target.replace('*', 'a')] };
  }),
  published.map((name): RecordSet => ({ name, type: 'TXT', ttlSeconds: 9, data: ['text'] })),
  fc.record({ name: published, target: published }).map(({ name, target }): RecordSet => {
    return { name, type: 'NS', ttlSeconds: 30, data: [target.replace('*', 'a')] };
  }),
  fc.record({ name: published, target: published }).map(({ name, target }): RecordSet => {
    return { name, type: 'SRV', ttlSeconds: 30, data: [`0 5 80 ${target.replace('*', 'a')}`] };
  }),
);

const subnet = (...bytes: number[]) => [0, 8, ...short(4 + bytes.length), 0, 1, bytes.length * 8, 0, ...bytes];
const cookie = [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8];
const options = fc.constantFrom([], subnet(198, 51, 100), subnet(203, 0, 113), subnet(10, 1), cookie, [
  ...cookie,
  ...subnet(203, 0, 113),
]);
const queries = fc
  .record({
    name: fc.oneof(names, published, fc.constant(ORIGIN)),
    type: fc.constantFrom(1, 1, 1, 28, 5, 2, 6, 16, 33, 255),
    edns: fc.boolean(),
    flags: fc.constantFrom(0x0100, 0, 0x0010),
    id: fc.nat(0xffff),
    upper: fc.boolean(),
    options,
  })
  .map(({ name, upper, ...asking }) => question(upper ? name.toUpperCase() : name, asking));

type Step = { readonly change: Partial<RecordChanges> } | { readonly ask: Buffer; readonly client: string };
const client = fc.constantFrom('192.0.2.1', '203.0.113.7', '2001:db8::1');
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: sets.map((set): Step => ({ change: { upsert: [set] } })) },
    { weight: 1, arbitrary: sets.map(({ name, type }): Step => ({ change: { remove: [{ name, type }] } })) },
    { weight: 5, arbitrary: fc.record({ ask: queries, client }) },
  ),
  { minLength: 30, maxLength: 200 },
);

describe('answers that are kept', () => {
  it('are those that would be made anew, whatever changes', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { change, kept, anew } = pair();
        for (const step of all) {
          if ('ask' in step) {
            expect(contentOf(kept(step.ask, step.client))).toEqual(contentOf(anew(step.ask, step.client)));
          } else {
            try {
              change(step.change);
            } catch (err) {
              // A CNAME beside others, or a set that is not to be: it is not there then.
              expect(err).toHaveProperty('name', 'ZoneError');
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('stay while other names change, with the serial of the day', () => {
    const { change, kept, asked } = pair();
    change({ upsert: [a('one.example.com', '192.0.2.1'), a('two.example.com', '192.0.2.2')] });
    const packets = ['one.example.com', 'missing.example.com'].map((name) => question(name));
    for (const packet of packets) kept(packet);
    const before = asked();
    change({ upsert: [a('two.example.com', '192.0.2.3')] });
    const [one, missing] = packets.map((packet) => contentOf(kept(packet)));
    expect([one?.sections[0], missing?.sections[1]?.[0]]).toEqual([
      ['one.example.com A 1 60 192.0.2.1'],
      expect.stringMatching(/hostmaster\.example\.com 3 /),
    ]);
    expect(asked()).toBe(before);
    change({ upsert: [a('missing.example.com', '192.0.2.9')] });
    expect(contentOf(kept(packets[1] ?? Buffer.alloc(0))).sections[0]).toHaveLength(1);
    expect(asked()).toBe(before + 1);
  });

  it('are of all who ask the same, however they write it and whatever cookie they have', () => {
    const { change, kept, asked } = pair();
    change({ upsert: [a('one.example.com', '192.0.2.1')] });
    kept(question('one.example.com', { edns: true }));
    const before = asked();
    const answer = kept(question('ONE.example.COM', { edns: true, options: cookie, id: 99 }));
    expect(answer.readUInt16BE(0)).toBe(99);
    expect(answer.includes('ONE')).toBe(true);
    expect(contentOf(answer).sections[2]?.[0]).toMatch(/000a00180102030405060708/);
    kept(question('one.example.com', { edns: true, options: subnet(203, 0, 113) }));
    expect(asked()).toBe(before);
  });

  it('are chosen for each client from what was found once', () => {
    const { change, kept, asked } = pair();
    const candidates = ['eu', 'us'].map((region, at) => ({ name: region, region, data: [`192.0.2.${at}`] }));
    change({
      upsert: [{ ...a('web.example.com', '192.0.2.0', '192.0.2.1'), choice: { policy: 'nearest', candidates } }],
    });
    const told = (...bytes: number[]) => {
      const { sections } = contentOf(kept(question('web.example.com', { edns: true, options: subnet(...bytes) })));
      return [sections[0], sections[2]?.[0]?.split(' ').at(-1)];
    };
    const eu = [['web.example.com A 1 60 192.0.2.0'], '0008000700011818c63364'];
    expect(told(198, 51, 100)).toEqual(eu);
    const before = asked();
    expect(told(203, 0, 113)).toEqual([['web.example.com A 1 60 192.0.2.1'], '0008000700011818cb0071']);
    expect(told(198, 51, 100)).toEqual(eu);
    expect(asked()).toBe(before);
  });

  it('are not bytes of a malformed option', () => {
    const { change, kept } = pair();
    change({ upsert: [a('one.example.com', '192.0.2.1')] });
    const malformed = question('one.example.com', { edns: true, options: [0, 8, 0, 4, 0, 1, 33, 0] });
    expect(kept(malformed).readUInt8(3) & 0xf).toBe(1);
    expect(kept(question('one.example.com', { edns: true })).readUInt8(3) & 0xf).toBe(0);
    expect(kept(malformed).readUInt8(3) & 0xf).toBe(1);
  });
});
