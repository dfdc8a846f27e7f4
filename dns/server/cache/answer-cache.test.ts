import { expect, it } from 'vitest';
import { AnswerCache } from './answer-cache.ts';
import { NameStamps } from './name-stamps.ts';
import { QuestionKey } from './question-key.ts';
import { ANSWER_HEADER_BYTES } from './variants.ts';

const key = new QuestionKey(1);
const stamps = new NameStamps();

/** Reads a question for the name, which is one label. */
function ask(label: string): QuestionKey {
  const name = [label.length, ...Buffer.from(label), 0];
  const packet = Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...name, 0, 1, 0, 1]);
  expect(key.read(packet, 0, packet.length, 'udp')).toBe(true);
  return key;
}

const bytesOf = (label: string) => Buffer.from(`answer to ${label} `.repeat(3));

function add(cache: AnswerCache, label: string, encodings: readonly Buffer[] = [bytesOf(label)]): void {
  const answer = cache.add(ask(label), {
    counted: { inc: () => undefined },
    zone: undefined,
    choosing: undefined,
    reply: undefined,
    names: [label],
  });
  answer.wanted = encodings.length;
  for (const bytes of encodings) {
    expect(cache.nextVariant(answer)).toBeUndefined();
    const packet = Buffer.concat([Buffer.alloc(12), bytes]);
    cache.addVariant(answer, { packet, questionEnd: 12, optBytes: 0, serialAt: -1 });
  }
}

function kept(cache: AnswerCache, label: string): string | undefined {
  const answer = cache.get(ask(label));
  const variant = answer && cache.nextVariant(answer);
  const tail = (variant?.start ?? 0) + ANSWER_HEADER_BYTES;
  return variant && cache.arena.memory.toString('latin1', tail, tail + variant.length);
}

it.each([
  { bound: 'answers', limits: { partBytes: 1 << 20, maxAnswers: 20 } },
  { bound: 'bytes', limits: { partBytes: 2000, maxAnswers: 1 << 20 } },
])('keeps what is asked for again, within its bound of $bound, and never gives another answer', ({ limits }) => {
  const cache = new AnswerCache(stamps, limits);
  add(cache, 'popular');
  let known = 0;
  for (let at = 0; at < 500; at++) {
    add(cache, `once${at}`);
    if (at % 5 === 0) expect(kept(cache, 'popular')).toBe(bytesOf('popular').toString());
    const before = kept(cache, `once${Math.max(0, at - (at % 50))}`);
    if (before !== undefined) {
      expect(before).toBe(bytesOf(`once${at - (at % 50)}`).toString());
      known++;
    }
  }
  expect(known).toBeGreaterThan(50);
  expect(kept(cache, 'once100')).toBeUndefined();
});

it('gives the encodings of an answer in turn, also when it was moved', () => {
  const cache = new AnswerCache(stamps, { partBytes: 2000, maxAnswers: 1 << 20 });
  const orders = ['first', 'second', 'third'];
  add(
    cache,
    'three',
    orders.map((text) => Buffer.from(text)),
  );
  const given: (string | undefined)[] = [];
  for (let at = 0; at < 99; at++) {
    add(cache, `other${at}`);
    given.push(kept(cache, 'three'));
  }
  expect(given).toEqual(Array.from({ length: 33 }, () => orders).flat());
});

it('forgets answers when a name changes, and all when everything may have', () => {
  const cache = new AnswerCache(stamps, { partBytes: 4000, maxAnswers: 100 });
  for (const label of ['a', 'b', 'c']) add(cache, label);
  stamps.touch(['b', 'z']);
  expect(['a', 'b', 'c'].map((label) => kept(cache, label) !== undefined)).toEqual([true, false, true]);
  stamps.touch('all');
  expect(kept(cache, 'a')).toBeUndefined();
});
