import type { Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { FakeClock, silentLogger as log } from '../../src/component-base/index.ts';
import { questionPacket } from '../../test/harness/dns-wire.ts';
import { createAnswering } from './answering.ts';
import { createDnsMetrics } from './dns-metrics.ts';
import { servePortable } from './portable-udp.ts';

/** A socket that can send nothing until it is told to. */
class BlockedSocket extends EventEmitter {
  readonly sent: Buffer[] = [];
  #waiting: Buffer[] = [];

  send(answer: Buffer): void {
    this.#waiting.push(answer);
  }

  getSendQueueCount(): number {
    return this.#waiting.length;
  }

  flush(): void {
    this.sent.push(...this.#waiting.map((answer) => Buffer.from(answer)));
    this.#waiting = [];
  }

  close(closed: () => void): void {
    closed();
  }
}

it('overwrites no answer that still waits to be sent', async () => {
  const socket = new BlockedSocket();
  const metrics = createDnsMetrics();
  const { respond, quick } = createAnswering(
    {
      handler: ({ name }) => ({
        rcode: 'NOERROR',
        answers: [{ name, type: 'TXT', ttlSeconds: 5, data: [`"${name}"`] }],
      }),
      generation: () => 1,
      clock: new FakeClock(),
      log,
    },
    metrics,
    1000,
  );
  const ending = new AbortController();
  // @NOTE as much of a socket as it needs.
  const serving = servePortable(socket as unknown as Socket, { respond, quick, metrics, log }, ending.signal);
  const ask = (name: string) => {
    socket.emit('message', questionPacket(name, { type: 16 }), { address: '192.0.2.1', port: 53_000 });
  };
  const names = ['one.example.com', 'two.example.com', 'six.example.com'];
  for (let round = 0; round < 3; round++) {
    for (const name of names) ask(name);
    socket.flush();
  }
  const told = socket.sent.map((answer) => names.find((name) => answer.includes(name)));
  expect(told).toEqual(Array.from({ length: 3 }, () => names).flat());
  ending.abort();
  await serving;
});
