import { expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';

const queueOf = (limit = 10) => new EventQueue<number>(limit, () => new Error('too many'));

it('hands over in order what came before and what comes later, then ends', async () => {
  const queue = queueOf();
  queue.push(1);
  const taken = Array.fromAsync(queue.take());
  queue.push(2);
  await Promise.resolve();
  queue.push(3);
  queue.end();
  queue.push(4);
  expect(await taken).toEqual([1, 2, 3]);
});

it('fails after what came before the failure', async () => {
  const queue = queueOf();
  queue.push(1);
  queue.fail(new Error('broken'));
  const events = queue.take();
  expect(await events.next()).toEqual({ done: false, value: 1 });
  await expect(events.next()).rejects.toThrow('broken');
});

it('fails a consumer that falls too far behind', async () => {
  const queue = queueOf(2);
  for (const number of [1, 2, 3]) queue.push(number);
  await expect(Array.fromAsync(queue.take())).rejects.toThrow('too many');
});
