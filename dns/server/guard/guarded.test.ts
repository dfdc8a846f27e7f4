import { expect, it } from 'vitest';
import { createMetrics, FakeClock, silentLogger } from '../../../src/component-base/index.ts';
import { AddressList } from '../../access/index.ts';
import type { DnsHandler } from '../dns-handler.ts';
import { createDnsMetrics } from '../dns-metrics.ts';
import { guardedResponder, type GuardOptions } from './guarded-responder.ts';

const signal = new AbortController().signal;
const data = Array.from({ length: 20 }, (_, at) => `192.0.2.${at}`);
const handler: DnsHandler = ({ name }) => ({ rcode: 'NOERROR', answers: [{ name, type: 'A', ttlSeconds: 5, data }] });

function responderOf(guard: GuardOptions, answer: DnsHandler = handler) {
  const registry = createMetrics();
  const { respond } = guardedResponder({
    guard,
    handler: answer,
    layers: (inner) => inner,
    quickly: { generation: () => 1 },
    metrics: createDnsMetrics(registry),
    registry,
    clock: new FakeClock(),
    log: silentLogger,
    idleMs: 1000,
  });
  const ask = async (client: string, packet = question(), transport: 'udp' | 'tcp' = 'udp') =>
    respond(packet, { transport, client }, signal);
  return { ask, registry };
}

/** For `a.`, with EDNS. */
function question(...option: number[]): Buffer {
  const head = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0x61, 0, 0, 1, 0, 1];
  return Buffer.from([...head, 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, option.length, ...option]);
}

const rcode = (answer: Buffer | undefined) => answer && answer.readUInt16BE(2) & 0xf;

it('refuses those who may not ask, also what is known already, and says nothing to those who are ignored', async () => {
  const { ask, registry } = responderOf({
    access: { query: new AddressList(['10.0.0.0/8']), ignore: new AddressList(['10.6.6.6']) },
  });
  expect(rcode(await ask('10.0.0.1'))).toBe(0);
  const refusal = await ask('192.0.2.1');
  expect([rcode(refusal), refusal?.subarray(-6).toString('hex')]).toEqual([5, '000f00020012']);
  expect(await ask('10.6.6.6')).toBeUndefined();
  expect(await registry.metrics()).toMatch(/dns_denied_total{action="refused"} 1\n.*ignored"} 1/);
});

it('limits answers over UDP, at once or later, unless a cookie shows where the client is', async () => {
  for (const answer of [handler, async (...args: Parameters<DnsHandler>) => handler(...args)]) {
    const { ask, registry } = responderOf({ rateLimit: { responsesPerSecond: 1, slip: 1 } }, answer);
    const first = await ask('192.0.2.1', question(0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8));
    expect(first?.length).toBeGreaterThan(300);
    const second = await ask('192.0.2.1');
    expect(second?.length).toBe(question().length);
    expect(second?.readUInt16BE(2)).toBe(0x8600);
    const cookie = [...(first?.subarray(-28) ?? [])];
    expect((await ask('192.0.2.1', question(...cookie)))?.length).toBeGreaterThan(300);
    expect((await ask('192.0.2.1', question(), 'tcp'))?.length).toBeGreaterThan(300);
    expect(await registry.metrics()).toContain('dns_rate_limited_total{action="truncated"} 1');
  }
});

it('only counts where it is told to', async () => {
  const { ask, registry } = responderOf({ rateLimit: { responsesPerSecond: 1, logOnly: true } });
  await ask('192.0.2.1');
  expect((await ask('192.0.2.1'))?.length).toBeGreaterThan(300);
  expect(await registry.metrics()).toContain('dns_rate_limited_total{action="sent"} 1');
});
