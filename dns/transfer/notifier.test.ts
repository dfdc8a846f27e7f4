import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { createMetrics, FakeClock, silentLogger as log, start } from '../../src/component-base/index.ts';
import { openRequest, parseTsigKey } from '../tsig/index.ts';
import { createZone, zoneSet, type ZoneChange } from '../zone/index.ts';
import { createNotifier } from './notifier.ts';
import { createTransferMetrics } from './transfer-metrics.ts';

const key = parseTsigKey({ name: 'news', secret: 'c2VjcmV0' });
const RESPONSE = 0x80;

/** A server that is told of changes, and says so. */
async function secondary() {
  const socket = createSocket('udp4');
  const told: number[] = [];
  socket.on('message', (packet, { address, port }) => {
    const opened = openRequest(packet, [key], 0);
    if (opened.kind !== 'signed') throw new Error(opened.kind);
    // Serial of the SOA in the answer section: its last 20 bytes but 16.
    told.push(opened.message.readUInt32BE(opened.message.length - 20));
    const reply = Buffer.from(opened.message.subarray(0, 12));
    reply.writeUInt8(reply.readUInt8(2) | RESPONSE, 2);
    reply.fill(0, 4);
    socket.send(opened.replies.sign(reply, 0), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => {
    socket.close();
  });
  return {
    address: { host: '127.0.0.1', port: socket.address().port, key: 'news' },
    told,
  };
}

async function startNotifier(address: { host: string; port: number; key?: string }) {
  const zone = createZone({ name: 'example.com' }, 7);
  const listeners = new Set<(change: ZoneChange) => void>();
  const zones = zoneSet([zone]);
  const source = {
    current: () => zones,
    onChange: (listener: (change: ZoneChange) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const clock = new FakeClock(0);
  const registry = createMetrics();
  const notifier = createNotifier({
    source,
    zones: [{ zone: 'example.com', notify: [address] }],
    keys: [key],
    clock,
    log,
    metrics: createTransferMetrics(registry),
  });
  const running = await start([notifier]);
  onTestFinished(async () => {
    await running.stop();
    expect(listeners.size).toBe(0);
  });
  const change = (text: string) => {
    const set = { name: 'a.example.com', type: 'TXT', ttlSeconds: 60, data: [text] } as const;
    for (const one of zone.change({ upsert: [set], remove: [] })) for (const listener of listeners) listener(one);
  };
  return { clock, change, registry };
}

it('tells what there is at the start, and each change, changes at once only once', async () => {
  const { address, told } = await secondary();
  const { change, clock, registry } = await startNotifier(address);
  await expect.poll(() => told).toEqual([7]);
  await expect.poll(() => clock.pending).toBe(1);
  change('1');
  change('2');
  await clock.advance(200);
  await expect.poll(() => told).toEqual([7, 9]);
  const acknowledged = async () => /acknowledged"} (\d)/.exec(await registry.metrics())?.[1];
  await expect.poll(acknowledged).toBe('2');
  expect(await registry.metrics()).toContain('dns_secondaries_untold{zone="example.com"} 0');
});

it('gives up after some attempts, further and further apart, until there is another change', async () => {
  const gone = await secondary();
  const unused = { ...gone.address, port: 1 };
  const { change, clock, registry } = await startNotifier(unused);
  for (const afterMs of [1000, 2000, 4000, 8000, 16_000]) {
    await expect.poll(() => clock.pending).toBe(1);
    await clock.advance(afterMs);
  }
  const given = async () => /given up"} (\d)/.exec(await registry.metrics())?.[1];
  await expect.poll(given).toBe('1');
  expect(await registry.metrics()).toContain('dns_secondaries_untold{zone="example.com"} 1');
  await expect.poll(() => clock.pending).toBe(1);
  await clock.advance(200);
  change('1');
  await expect.poll(() => clock.pending).toBe(1);
});
