import protobuf from 'protobufjs/minimal.js';
import { expect, it } from 'vitest';
import { FieldReader } from './field-reader.ts';

it('reads what protobufjs writes, and goes past what is not asked for', () => {
  const writer = protobuf.Writer.create();
  writer.uint32(8).int64(2 ** 53 - 1);
  writer.uint32(17).fixed64(1).uint32(29).fixed32(1).uint32(34).string('skipped').uint32(40).int64(-1);
  writer.uint32(50).string('é').uint32(58).fork().uint32(8).int64(128).ldelim();
  const reader = new FieldReader(Buffer.from(writer.finish()));
  expect([reader.next(), reader.number()]).toEqual([1, Number.MAX_SAFE_INTEGER]);
  for (const id of [2, 3, 4, 5]) {
    expect(reader.next()).toBe(id);
    reader.skip();
  }
  expect([reader.next(), reader.text()]).toEqual([6, 'é']);
  expect(reader.next()).toBe(7);
  const inner = reader.message();
  expect([inner.next(), inner.number(), inner.next()]).toEqual([1, 128, 0]);
  expect(reader.next()).toBe(0);
});

it.each([
  ['a number that does not end', [0x08, 0xff]],
  ['a text longer than the message', [0x0a, 5, 1]],
])('refuses %s', (_, bytes) => {
  const reader = new FieldReader(Buffer.from(bytes));
  reader.next();
  expect(() => {
    reader.skip();
  }).toThrow(RangeError);
});
