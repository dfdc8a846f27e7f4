import { expect, it } from 'vitest';
import { FakeClock } from '../../../src/component-base/index.ts';
import { ServerOrder } from './server-order.ts';

const [a, b, c] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((host) => ({ host, port: 53 }));
const servers = [a, b, c].filter((server) => server !== undefined);

it('asks those that were silent last, until they answer or some time has gone by', async () => {
  const clock = new FakeClock();
  const order = new ServerOrder(clock);
  expect(order.of(servers)).toEqual([a, b, c]);
  for (const server of servers.slice(0, 2)) order.silent(server);
  expect(order.of(servers)).toEqual([c, a, b]);
  if (b !== undefined) order.answered(b);
  expect(order.of(servers)).toEqual([b, c, a]);
  await clock.advance(10_000);
  expect(order.of(servers)).toEqual([a, b, c]);
});
