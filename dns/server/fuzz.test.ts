import { expect, it } from 'vitest';
import { FakeClock, silentLogger as log, start } from '../../src/component-base/index.ts';
import { manyKinds } from '../../test/harness/dns-many-kinds.ts';
import { decodeMessage, questionPacket, type DecodedMessage } from '../../test/harness/dns-wire.ts';
import { fuzzOptions } from '../../test/harness/fuzz-options.ts';
import { mutated, seededNumbers, type RandomNumber } from '../../test/harness/packet-mutations.ts';
import { createChooser, createPlaces } from '../choice/index.ts';
import { createLocalZones, type LocalZones, type RecordSet } from '../provider/index.ts';
import { createTransfers } from '../transfer/index.ts';
import { authoritative } from './authoritative.ts';
import { choosing } from './choosing.ts';
import { createDnsMetrics } from './dns-metrics.ts';
import { guardedResponder } from './guard/guarded-responder.ts';
import { bounded, errorsAsRcodes, noTransfers, onlyEdnsVersion0, onlyInternetClass, refuse } from './layers.ts';
import type { Responder } from './packet-responder.ts';

const { packets, seed } = fuzzOptions;
const clock = new FakeClock();
const signal = new AbortController().signal;

const choice = (name: string, policy: 'nearest' | 'weighted' | 'failover'): RecordSet => ({
  name: `${name}.example.com`,
  type: 'A',
  ttlSeconds: 60,
  data: ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
  choice: {
    policy,
    candidates: ['1', '2', '3'].map((at) => ({ name: `c${at}`, region: `r${at}`, data: [`192.0.2.${at}`] })),
  },
});

const choices = [choice('nearest', 'nearest'), choice('weighted', 'weighted'), choice('failover', 'failover')];

const OPTIONS: readonly (readonly number[] | undefined)[] = [
  undefined,
  [],
  [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8],
  [0, 10, 0, 24, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8],
  [0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2],
  [0, 8, 0, 11, 0, 2, 56, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0],
  [0, 11, 0, 0, 0, 3, 0, 0, 0xfd, 0xe9, 0, 1, 7],
];

const TYPES = [1, 2, 5, 6, 12, 15, 16, 28, 33, 43, 64, 65, 250, 251, 252, 255, 257, 65_280];

const NAMES = [...manyKinds, ...choices]
  .map(({ name }) => name)
  .concat('', 'com', 'x.wild.example.com', 'no.example.com');

const pick = <Item>(random: RandomNumber, items: readonly Item[]): Item | undefined => items[random(items.length)];

function packetOf(random: RandomNumber): Buffer {
  const options = pick(random, OPTIONS);
  const edns = options === undefined ? {} : { options, udpSize: random(5000), dnssecOk: random(4) === 0 };
  const opcode = random(10) === 0 ? random(7) : 0;
  const packet = questionPacket(pick(random, NAMES) ?? '', { type: pick(random, TYPES) ?? 1, opcode, ...edns });
  return mutated(packet, random);
}

async function servers(zones: LocalZones): Promise<{ readonly kept: Responder; readonly anew: Responder }> {
  const chooser = createChooser(
    createPlaces({ configured: [{ cidr: '192.0.2.0/24', place: { region: 'r2', source: 'test' } }] }),
  );
  const onChosen = () => undefined;
  const layers = [errorsAsRcodes(log), bounded(1000), onlyEdnsVersion0, onlyInternetClass, noTransfers];
  const rules = [{ zone: 'example.com', transfer: [{ addresses: ['127.0.0.0/8'] }] }];
  const { messages } = createTransfers({ zones: rules }, { source: zones, clock, log, metrics: undefined });
  const options = {
    guard: { identity: { name: 'fuzz' }, cookies: { secrets: [new Uint8Array(16)] } },
    handler: choosing(chooser, onChosen)(authoritative(zones)(refuse)),
    layers: (handler: Parameters<(typeof layers)[0]>[0]) => layers.reduceRight((next, layer) => layer(next), handler),
    metrics: createDnsMetrics(),
    registry: undefined,
    messages,
    clock,
    log,
    idleMs: 1000,
  };
  const kept = guardedResponder({ ...options, quickly: { zones, choosing: { chooser, onChosen } } });
  return { kept: kept.respond, anew: guardedResponder(options).respond };
}

/** The most that may be said to a source that nobody has verified. */
function limitOf(packet: Buffer, transport: 'udp' | 'tcp'): number {
  if (transport === 'tcp') return 0xffff;
  // Without additional records there is no OPT record.
  return packet.length >= 12 && packet.readUInt16BE(10) === 0 ? 512 : 1232;
}

const CLIENT_SUBNET = 8;

/** What an answer says, whatever the order of its records and options. Refusals may leave a client's subnet unsaid. */
function essence(answer: Buffer): DecodedMessage {
  const { edns, ...message } = decodeMessage(answer);
  const isRefusal = message.rcode !== 0 && message.rcode !== 3;
  const options = edns?.options.filter((code) => !isRefusal || code !== CLIENT_SUBNET).sort() ?? [];
  return { ...message, edns: edns && { ...edns, options } };
}

function check(packet: Buffer, answer: Buffer, transport: 'udp' | 'tcp'): void {
  if (answer.length > limitOf(packet, transport)) throw new Error(`an answer of ${answer.length} bytes`);
  if (answer.readUInt16BE(0) !== packet.readUInt16BE(0)) throw new Error('the id of another');
  if ((answer.readUInt16BE(2) & 0x8000) === 0) throw new Error('no answer at all');
  const { rcode, answer: records } = decodeMessage(answer);
  // FORMERR and NOTIMP have nothing but what came, and the options of the server itself.
  if ((rcode === 1 || rcode === 4) && answer.length > packet.length + 64) throw new Error('a long refusal');
  if (rcode !== 0 && rcode !== 3 && records.length > 0) throw new Error('records with an error');
}

function same(answer: Buffer | undefined, again: Buffer | undefined): void {
  const [said, anewSaid] = [answer, again].map((message) => message && essence(message));
  // Quicker, where they are the same.
  if (JSON.stringify(said) !== JSON.stringify(anewSaid)) expect(said).toEqual(anewSaid);
}

async function servedZones(): Promise<AsyncDisposable & { readonly zones: LocalZones }> {
  const zones = createLocalZones({ zones: [{ name: 'example.com' }], clock, log });
  const running = await start([zones]);
  await (await zones.zone('example.com')).apply({ upsert: [...manyKinds, ...choices], remove: [] });
  return { zones, [Symbol.asyncDispose]: () => running.stop() };
}

it(`survives any packet, says no more than it may, and says the same when it remembers (seed ${seed})`, async () => {
  await using served = await servedZones();
  const { zones } = served;
  const random = seededNumbers(seed);
  const { kept, anew } = await servers(zones);
  let answered = 0;
  let baseBytes = 0;
  for (let count = 0; count < packets; count++) {
    const packet = packetOf(random);
    const transport = random(4) === 0 ? ('tcp' as const) : ('udp' as const);
    const client = pick(random, ['192.0.2.9', '2001:db8::9', '127.0.0.1']) ?? '';
    const source = transport === 'udp' ? { transport, client } : { transport, client, more: () => Promise.resolve() };
    const before = Buffer.from(packet);
    try {
      const answer = await kept(packet, source, signal);
      const again = await anew(packet, source, signal);
      if (!packet.equals(before)) throw new Error('the packet was changed');
      same(answer, again);
      if (answer === undefined) continue;
      check(packet, answer, transport);
      answered++;
    } catch (err) {
      throw new Error(`packet ${count} over ${transport} from ${client}: ${before.toString('hex')}`, { cause: err });
    }
    if (count === Math.floor(packets / 4)) baseBytes = process.memoryUsage.rss();
  }
  expect(answered).toBeGreaterThan(packets / 3);
  if (packets >= 500_000) expect(process.memoryUsage.rss() - baseBytes).toBeLessThan(64 * 1024 * 1024);
}, 1_800_000);
