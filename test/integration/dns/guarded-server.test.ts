import { createSocket } from 'node:dgram';
import { on, once } from 'node:events';
import { expect, it } from 'vitest';
import { AddressList } from '../../../dns/access/index.ts';
import { createDnsServer } from '../../../dns/server/index.ts';
import { createMetrics, FakeClock, silentLogger as log, start } from '../../../src/component-base/index.ts';
import { questionPacket } from '../../harness/dns-wire.ts';
import { waysOfPackets } from '../../harness/ways-of-packets.ts';

const host = '127.0.0.1';
const cookie = [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8];
const TRUNCATED = 0x0200;

interface Client extends AsyncDisposable {
  /** Asks so many times before it looks for an answer: but for the first, such questions come to the server as batches. */
  burst(times: number, packet?: Buffer): Promise<Buffer[]>;
}

async function clientAt(address: string, port: number): Promise<Client> {
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  socket.connect(port, host);
  await once(socket, 'connect');
  return {
    async burst(times, packet = questionPacket('www.example.com')) {
      const messages = on(socket, 'message', { signal: AbortSignal.timeout(3000) });
      for (let count = 0; count < times; count++) socket.send(packet);
      const answers: Buffer[] = [];
      for await (const [message] of messages) {
        answers.push(message as Buffer); // @NOTE what the event carries
        if (answers.length === times) break;
      }
      return answers;
    },
    [Symbol.asyncDispose]: async () => {
      socket.close();
    },
  };
}

const isCut = (answer: Buffer) => (answer.readUInt16BE(2) & TRUNCATED) !== 0;
const rcode = (answer: Buffer) => answer.readUInt16BE(2) & 0xf;

it.each(waysOfPackets)(
  'a server that takes packets in $how keeps answers that it has kept to its rules',
  async ({ batchedBy }) => {
    const clock = new FakeClock();
    const metrics = createMetrics();
    const server = createDnsServer({
      handler: ({ name }) => ({ rcode: 'NOERROR', answers: [{ name, type: 'A', ttlSeconds: 5, data: ['192.0.2.1'] }] }),
      generation: () => 1,
      access: { query: new AddressList(['!127.0.0.9', 'any']) },
      rateLimit: {
        responsesPerSecond: 3,
        slip: 1,
        ipv4PrefixLength: 32,
        exempt: new AddressList(['127.0.0.3']),
      },
      ...{ host, port: 0, batchedBy, clock, log, metrics },
    });
    await using _running = await start([server]);
    const { port } = server.address;
    await using client = await clientAt('127.0.0.1', port);
    await using neighbour = await clientAt('127.0.0.2', port);
    await using exempt = await clientAt('127.0.0.3', port);
    await using stranger = await clientAt('127.0.0.9', port);

    const cut = async (from: Client, times: number, packet?: Buffer) => (await from.burst(times, packet)).map(isCut);
    expect(await cut(client, 6)).toEqual([false, false, false, true, true, true]);
    expect(await cut(neighbour, 4)).toEqual([false, false, false, true]);
    expect(await cut(exempt, 6)).not.toContain(true);
    // Other names have accounts of their own.
    expect(await cut(client, 3, questionPacket('other.example.com'))).not.toContain(true);

    // Who shows by a cookie where it is may have all it asks for.
    const [given] = await client.burst(1, questionPacket('new.example.com', { udpSize: 1232, options: cookie }));
    const known = [0, 10, 0, 24, ...(given?.subarray(-24) ?? [])];
    expect(await cut(client, 6, questionPacket('www.example.com', { udpSize: 1232, options: known }))).not.toContain(
      true,
    );

    expect((await stranger.burst(3)).map(rcode)).toEqual([5, 5, 5]);
    await clock.advance(60_000);
    expect(await cut(client, 5)).toEqual([false, false, false, true, true]);

    const text = await metrics.metrics();
    expect(Number(/dns_cache_hits_total (\d+)/.exec(text)?.[1])).toBeGreaterThan(10);
    expect(text).toContain('dns_rate_limited_total{action="truncated"} 6');
    expect(text).toContain('dns_denied_total{action="refused"} 3');
  },
);
