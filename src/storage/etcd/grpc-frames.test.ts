import { expect, it } from 'vitest';
import { frame, Unframer } from './grpc-frames.ts';

it('puts messages together however their bytes are cut', () => {
  const messages = ['', 'a', 'b'.repeat(300)].map((text) => Buffer.from(text));
  const sent = Buffer.concat(messages.map(frame));
  for (const size of [1, 2, 5, 7, 306, sent.length]) {
    const unframer = new Unframer();
    const received = [];
    for (let at = 0; at < sent.length; at += size) received.push(...unframer.add(sent.subarray(at, at + size)));
    expect(received).toEqual(messages);
  }
});

it('refuses what is compressed', () => {
  const compressed = frame(Buffer.from('a'));
  compressed[0] = 1;
  expect(() => new Unframer().add(compressed)).toThrow(/compressed/);
});
