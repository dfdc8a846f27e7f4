import { expect, it } from 'vitest';
import { StreamWriter } from './stream-writer.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

function target() {
  const log: string[] = [];
  return {
    log,
    writableLength: 0,
    write: (chunk: Buffer) => {
      log.push(chunk.length > 10 ? `${chunk.length} bytes` : chunk.toString());
      return true;
    },
    end: () => log.push('end'),
    destroy: () => log.push('destroy'),
  };
}

it('writes what came in one turn at once', async () => {
  const raw = target();
  const writer = new StreamWriter(raw, () => raw.log.push('too slow'));
  for (const text of ['a', 'b', 'c']) writer.write(Buffer.from(text));
  expect(raw.log).toEqual([]);
  await nextTurn();
  writer.write(Buffer.from('d'));
  writer.end();
  writer.write(Buffer.from('e'));
  await nextTurn();
  expect(raw.log).toEqual(['abc', 'd', 'end']);
});

it('cuts off who reads too slowly, but lets the first batch be as large as it is', async () => {
  const raw = target();
  const writer = new StreamWriter(raw, () => raw.log.push('too slow'));
  const large = 20 * 1024 * 1024;
  writer.write(Buffer.alloc(large));
  await nextTurn();
  raw.writableLength = large;
  writer.write(Buffer.from('a'));
  await nextTurn();
  raw.writableLength = 2 * large;
  writer.write(Buffer.from('b'));
  await nextTurn();
  writer.end();
  expect(raw.log).toEqual([`${large} bytes`, 'a', 'destroy', 'too slow']);
});

it('leaves it to those that gather to do so, and cuts their slow readers off, too', async () => {
  const raw = { ...target(), gathers: true };
  const writer = new StreamWriter(raw, () => raw.log.push('too slow'));
  const large = 20 * 1024 * 1024;
  writer.write(Buffer.alloc(large));
  raw.writableLength = large;
  writer.write(Buffer.from('a'));
  expect(raw.log).toEqual([`${large} bytes`, 'a']);
  await nextTurn();
  writer.write(Buffer.from('b'));
  raw.writableLength = 2 * large;
  writer.write(Buffer.from('c'));
  writer.write(Buffer.from('d'));
  writer.end();
  expect(raw.log).toEqual([`${large} bytes`, 'a', 'b', 'destroy', 'too slow']);
});
