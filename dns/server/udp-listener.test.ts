import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { silentLogger as log } from '../../src/component-base/index.ts';
import { waysOfPackets } from '../../test/harness/ways-of-packets.ts';
import { answerPacket } from './answer-packet.ts';
import { bindUdp } from './udp-listener.ts';

describe.each(waysOfPackets)('a UDP listener that takes packets in $how', ({ batchedBy }) => {
  const listen = async (host: string, respond: (packet: Buffer) => Buffer | Promise<Buffer>) => {
    const listener = await bindUdp({ host, port: 0, batchedBy });
    const ending = new AbortController();
    const serving = listener.serve({ respond, log }, ending.signal);
    return {
      port: listener.port,
      [Symbol.asyncDispose]: async () => {
        ending.abort();
        await serving;
      },
    };
  };

  it.each(['127.0.0.1', '::1'])('answers each packet, and survives what cannot be answered, at %s', async (host) => {
    const seen: string[] = [];
    await using server = await listen(host, (packet) => {
      const text = packet.toString();
      seen.push(text);
      if (text === 'fails') return Promise.reject(new Error('broken'));
      return text.startsWith('later') ? Promise.resolve(packet) : packet;
    });
    const client = createSocket(host === '::1' ? 'udp6' : 'udp4');
    const wanted = Array.from({ length: 150 }, (_, index) => `${index % 3 === 0 ? 'later' : 'now'} ${index}`);
    const got: string[] = [];
    client.on('message', (packet) => got.push(packet.toString()));
    for (const text of ['fails', ...wanted]) client.send(text, server.port, host);
    await expect.poll(() => got.length).toBe(wanted.length);
    expect([got.sort(), seen.length]).toEqual([[...wanted].sort(), wanted.length + 1]);
    client.close();
  });

  it('says why it cannot listen, in one way', async () => {
    const other = createSocket('udp4');
    other.bind(0, '127.0.0.1');
    await once(other, 'listening');
    await expect(bindUdp({ host: '127.0.0.1', port: other.address().port, batchedBy })).rejects.toMatchObject({
      name: 'ListenError',
      code: 'EADDRINUSE',
    });
    other.close();
  });

  it('leaves nothing behind', async () => {
    const before = process.getActiveResourcesInfo().length;
    for (let round = 0; round < 20; round++) {
      await using _server = await listen('127.0.0.1', (packet) => packet);
    }
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });
});

it('does not answer to port 0', () => {
  const respond = () => {
    throw new Error('it was asked');
  };
  const deps = { respond, log, reply: respond, send: respond };
  const signal = new AbortController().signal;
  expect(() => {
    answerPacket(Buffer.from('forged'), { address: '127.0.0.1', port: 0 }, deps, signal);
  }).not.toThrow();
});
