import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { createLocalDns, type LocalDns } from '../../../dns/provider/index.ts';
import { silentLogger as log, start, systemClock as clock, type CCaller } from '../../../src/component-base/index.ts';
import { manyKinds } from '../../harness/dns-many-kinds.ts';
import { askTcp, askUdp, decodeMessage, questionPacket } from '../../harness/dns-wire.ts';
import { fuzzOptions } from '../../harness/fuzz-options.ts';
import { waysOfPackets } from '../../harness/ways-of-packets.ts';
import { mutated, seededNumbers, type RandomNumber } from '../../harness/packet-mutations.ts';

const { seed } = fuzzOptions;
const packets = fuzzOptions.packets / 2;
const host = '127.0.0.1';
const BURST = 100;

async function serving(batchedBy: readonly CCaller[] = []): Promise<AsyncDisposable & { readonly dns: LocalDns }> {
  const dns = createLocalDns({ zones: [{ name: 'example.com' }], host, port: 0, clock, log, batchedBy });
  const running = await start([dns]);
  await (await dns.zone('example.com')).apply({ upsert: manyKinds, remove: [] });
  return { dns, [Symbol.asyncDispose]: () => running.stop() };
}

function madeUp(random: RandomNumber): Buffer {
  const { name } = manyKinds[random(manyKinds.length)] ?? { name: '' };
  const options = [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8];
  const edns = random(2) === 0 ? {} : { udpSize: random(5000), options: random(2) === 0 ? [] : options };
  return mutated(questionPacket(name, { type: [1, 16, 28, 255][random(4)] ?? 1, ...edns }), random);
}

async function isWell({ address }: LocalDns): Promise<void> {
  for (const ask of [askUdp, askTcp]) {
    const answer = await ask(address.port, questionPacket('www.example.com'));
    expect(answer && decodeMessage(answer).answer).toHaveLength(3);
  }
}

it.each(waysOfPackets)(
  `a server answers on whatever comes over UDP $how (seed ${seed})`,
  async ({ batchedBy }) => {
    await using server = await serving(batchedBy);
    const random = seededNumbers(seed);
    const socket = createSocket('udp4');
    const replies = { count: 0, largest: 0 };
    socket.on('message', (message) => {
      replies.count++;
      replies.largest = Math.max(replies.largest, message.length);
    });
    socket.connect(server.dns.address.port, host);
    await once(socket, 'connect');
    for (let sent = 0; sent < packets; sent += BURST) {
      for (let count = 0; count < BURST; count++) socket.send(madeUp(random));
      // The last of a burst is one that is answered: the server has seen those before it, or they were lost on the way.
      await isWell(server.dns);
    }
    socket.close();
    expect(replies.count).toBeGreaterThan(packets / 4);
    expect(replies.largest).toBeLessThanOrEqual(1232);
  },
  600_000,
);

it(`a server answers on whatever comes over TCP (seed ${seed})`, async () => {
  await using server = await serving();
  const random = seededNumbers(seed);
  for (let count = 0; count < packets / BURST; count++) {
    const socket = connect(server.dns.address);
    socket.on('error', () => undefined);
    socket.resume();
    const pieces = Array.from({ length: 20 }, () => {
      const packet = madeUp(random);
      const length = random(10) === 0 ? random(0x10000) : packet.length;
      return Buffer.concat([Buffer.from([length >> 8, length & 0xff]), packet]);
    });
    const stream = Buffer.concat(pieces);
    const cut = random(stream.length);
    socket.write(stream.subarray(0, cut));
    socket.write(stream.subarray(cut));
    if (random(2) === 0) socket.end();
    await once(socket, 'connect');
    if (random(3) === 0) socket.resetAndDestroy();
    if (count % 10 === 0) await isWell(server.dns);
    socket.destroy();
  }
  await isWell(server.dns);
}, 600_000);
