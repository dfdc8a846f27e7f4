import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { AXFR, IXFR, PacketReader, PacketWriter, TSIG, writeData } from '../../dns/packet/index.ts';
import { createLocalDns } from '../../dns/provider/index.ts';
import { parseTsigKey, signRequest } from '../../dns/tsig/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../src/component-base/index.ts';
import { startBind } from '../harness/bind.ts';
import { withoutDnsServers } from '../harness/dns-servers.ts';

const ZONE = 'example.com';
const SECRET = 'c2VjcmV0IG9mIHR3byBzZXJ2ZXJz';
const key = parseTsigKey({ name: 'both', secret: SECRET });
const nowSeconds = Math.floor(clock.now() / 1000);

const QUERY = 0;
const UPDATE = 5;
const A = 1;
const SOA = 6;

interface Question {
  readonly opcode?: number;
  readonly name?: string;
  readonly type: number;
  readonly class?: number;
  readonly since?: number;
}

function packetOf({ opcode = QUERY, name = ZONE, type, class: questionClass = 1, since }: Question): Buffer {
  const writer = new PacketWriter(Buffer.alloc(512), 512);
  for (const short of [4711, opcode << 11, 1, 0, since === undefined ? 0 : 1, 0]) writer.short(short);
  writer.name(name);
  writer.short(type);
  writer.short(questionClass);
  if (since !== undefined) {
    writer.name(name);
    writer.short(SOA);
    writer.short(1);
    writer.long(0);
    const lengthAt = writer.at;
    writer.short(0);
    writeData(writer, 'SOA', `${name} ${name} ${since} 1 1 1 1`);
    writer.shortAt(lengthAt, writer.at - lengthAt - 2);
  }
  return writer.take();
}

const plain = (question: Question) => packetOf(question);
const signed = (question: Question, { key: by = key, atSeconds = nowSeconds } = {}) =>
  signRequest(packetOf(question), by, atSeconds).packet;

/** The only signature with less of its MAC. */
function withMac(packet: Buffer, bytes: number): Buffer {
  const from = packet.length - 6 - 32;
  const cut = Buffer.concat([packet.subarray(0, from + bytes), packet.subarray(from + 32)]);
  cut.writeUInt16BE(bytes, from - 2);
  const lengthAt = from - 2 - 8 - 'hmac-sha256'.length - 2 - 2;
  cut.writeUInt16BE(cut.readUInt16BE(lengthAt) - 32 + bytes, lengthAt);
  return cut;
}

interface Told {
  readonly opcode: number;
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly answers: number;
  readonly tsig: { readonly error: number; readonly macBytes: number; readonly otherBytes: number } | undefined;
}

function read(reply: Buffer): Told {
  const flags = reply.readUInt16BE(2);
  return {
    opcode: (flags >> 11) & 0xf,
    rcode: flags & 0xf,
    authoritative: (flags & 0x0400) !== 0,
    answers: reply.readUInt16BE(6),
    tsig: tsigOf(reply),
  };
}

function tsigOf(reply: Buffer): Told['tsig'] {
  const reader = new PacketReader(reply, 12);
  for (let left = reply.readUInt16BE(4); left > 0; left--) {
    reader.name();
    reader.slice(4);
  }
  for (let left = [6, 8, 10].reduce((sum, at) => sum + reply.readUInt16BE(at), 0); left > 0; left--) {
    reader.name();
    const type = reader.short();
    reader.slice(6);
    const length = reader.short();
    if (type !== TSIG) {
      reader.slice(length);
      continue;
    }
    reader.name();
    reader.slice(8);
    const macBytes = reader.slice(reader.short()).length;
    reader.slice(2);
    return { error: reader.short(), macBytes, otherBytes: reader.slice(reader.short()).length };
  }
  return undefined;
}

async function overUdp(port: number, packet: Buffer): Promise<Told> {
  const socket = createSocket('udp4');
  try {
    const answered = once(socket, 'message', { signal: AbortSignal.timeout(10_000) });
    socket.send(packet, port, '127.0.0.1');
    const [reply] = (await answered) as [Buffer]; // @NOTE what a socket's messages are
    return read(reply);
  } finally {
    socket.close();
  }
}

async function overTcp(port: number, packet: Buffer): Promise<Told> {
  const socket = connect({ host: '127.0.0.1', port });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(packet.length);
  socket.write(Buffer.concat([length, packet]));
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]); // @NOTE no encoding is set
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) break;
    }
  } finally {
    socket.destroy();
  }
  return read(received.subarray(2, 2 + received.readUInt16BE(0)));
}

const other = parseTsigKey({ name: 'other', secret: SECRET });
const wrong = parseTsigKey({ name: 'both', secret: 'bm90IHRoZSBzYW1lIHNlY3JldA==' });
const sha1 = parseTsigKey({ name: 'both', secret: SECRET, algorithm: 'hmac-sha1' });
const soa = { type: SOA };

const cases: readonly (readonly [string, 'udp' | 'tcp', Buffer])[] = [
  ['a signed question', 'udp', signed(soa)],
  ['a signed question by TCP', 'tcp', signed(soa)],
  ['a signed question of a name that is not there', 'udp', signed({ type: A, name: `none.${ZONE}` })],
  ['a signed question of a zone that is not there', 'udp', signed({ type: A, name: 'elsewhere.test' })],
  ['an unknown key', 'udp', signed(soa, { key: other })],
  ['another secret', 'udp', signed(soa, { key: wrong })],
  ['another algorithm', 'udp', signed(soa, { key: sha1 })],
  ['long ago', 'udp', signed(soa, { atSeconds: nowSeconds - 4000 })],
  ['in the future', 'udp', signed(soa, { atSeconds: nowSeconds + 4000 })],
  ['half of the MAC', 'udp', withMac(signed(soa), 16)],
  ['hardly any of the MAC', 'udp', withMac(signed(soa), 8)],
  ['no MAC at all', 'udp', withMac(signed(soa), 0)],
  ['AXFR', 'tcp', signed({ type: AXFR })],
  ['AXFR by UDP', 'udp', signed({ type: AXFR })],
  ['AXFR without a signature', 'tcp', plain({ type: AXFR })],
  ['AXFR of a zone that is not there', 'tcp', signed({ type: AXFR, name: 'elsewhere.test' })],
  ['AXFR of a name in the zone', 'tcp', signed({ type: AXFR, name: `a.${ZONE}` })],
  ['IXFR without a SOA', 'tcp', signed({ type: IXFR })],
  ['IXFR of who has more', 'tcp', signed({ type: IXFR, since: 1_900_000_000 })],
  ['an update of nothing', 'udp', signed({ opcode: UPDATE, type: SOA })],
  ['an update without a signature', 'udp', plain({ opcode: UPDATE, type: SOA })],
  ['an update of a zone that is not there', 'udp', signed({ opcode: UPDATE, type: SOA, name: 'elsewhere.test' })],
  ['an update of a name in the zone', 'udp', signed({ opcode: UPDATE, type: SOA, name: `a.${ZONE}` })],
  ['an update that names the zone by something else', 'udp', signed({ opcode: UPDATE, type: A })],
];

it.skipIf(withoutDnsServers('named'))('messages of other servers are answered as BIND does', async () => {
  await using bind = await startBind({
    config: `key "both" { algorithm hmac-sha256; secret "${SECRET}"; };`,
    zones: [
      {
        name: ZONE,
        text: `$ORIGIN ${ZONE}.\n@ 180 SOA ns1 hostmaster 1 60 30 604800 5\n@ 180 NS ns1\nns1 180 A 127.0.0.1\n`,
        config: 'allow-update { key both; }; allow-transfer { key both; };',
      },
    ],
  });
  const rules = [{ key: 'both' }];
  const dns = createLocalDns({
    zones: [{ name: ZONE, nameservers: [{ name: `ns1.${ZONE}`, addresses: ['127.0.0.1'] }] }],
    host: '127.0.0.1',
    port: 0,
    clock,
    log,
    transfer: { keys: [key], zones: [{ zone: ZONE, transfer: rules, update: rules }] },
  });
  const running = await start([dns]);
  onTestFinished(async () => running[Symbol.asyncDispose]());

  const answersOf = async (port: number) => {
    const told: Record<string, Told> = {};
    for (const [name, transport, packet] of cases) {
      told[name] = await (transport === 'udp' ? overUdp : overTcp)(port, packet);
    }
    return told;
  };
  expect(await answersOf(dns.address.port)).toEqual(await answersOf(bind.port));
});
