import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/component-base/index.ts';
import { AddressList } from '../../access/index.ts';
import { RateLimit, type RateLimitOptions, type Verdict } from './rate-limit.ts';
import { truncatedAnswer } from './truncated-answer.ts';

const short = (value: number) => [value >> 8, value & 0xff];

/** An answer of ours, as far as a limit looks at it. */
function answer(name: string, { flags = 0x8400, answers = 1, tail = [] as number[], additional = 0 } = {}): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  const counts = [1, answers, 0, additional].flatMap(short);
  return Buffer.from([1, 2, ...short(flags), ...counts, ...labels, 0, 0, 1, 0, 1, ...tail]);
}

const nxdomain = (name: string) => answer(name, { flags: 0x8403, answers: 0 });
const refused = (name: string) => answer(name, { flags: 0x8005, answers: 0 });
const nodata = (name: string) => answer(name, { answers: 0 });
const referral = (name: string) => answer(name, { flags: 0x8000, answers: 0 });

function limitOf(options: Partial<RateLimitOptions> = {}) {
  const clock = new FakeClock();
  const limit = new RateLimit({ responsesPerSecond: 3, slip: 0, ...options }, clock);
  const judge = (packet: Buffer, times: number, client = '192.0.2.1'): Verdict[] =>
    Array.from({ length: times }, () => limit.judge(packet, client));
  return { clock, judge };
}

const sent = (verdicts: readonly Verdict[]) => verdicts.filter((verdict) => verdict === 'send').length;

describe('a rate limit', () => {
  it('lets through so many of the same answer a second, and that many again later', async () => {
    const { clock, judge } = limitOf();
    expect(judge(answer('a.example.com'), 5)).toEqual(['send', 'send', 'send', 'drop', 'drop']);
    await clock.advance(2000);
    expect(sent(judge(answer('A.example.com'), 5))).toBeGreaterThan(0);
    await clock.advance(60_000);
    expect(sent(judge(answer('a.example.com'), 5))).toBe(3);
  });

  it('makes those who went over it wait for no longer than the window', async () => {
    const { clock, judge } = limitOf({ windowSeconds: 2 });
    judge(answer('a.example.com'), 1000);
    await clock.advance(1000);
    expect(sent(judge(answer('a.example.com'), 1))).toBe(0);
    await clock.advance(4000);
    expect(sent(judge(answer('a.example.com'), 5))).toBe(3);
  });

  it('counts a network as one, and other networks and names apart', () => {
    const { judge } = limitOf();
    judge(answer('a.example.com'), 10);
    expect(sent(judge(answer('a.example.com'), 1, '192.0.2.200'))).toBe(0);
    expect(sent(judge(answer('a.example.com'), 5, '192.0.3.1'))).toBe(3);
    expect(sent(judge(answer('b.example.com'), 5))).toBe(3);
    expect(sent(judge(answer('a.example.com'), 5, '2001:db8:0:100::1'))).toBe(3);
    expect(sent(judge(answer('a.example.com'), 5, '2001:db8:0:1ff::1'))).toBe(0);
    expect(sent(judge(answer('a.example.com'), 5, '2001:db8:0:200::1'))).toBe(3);
  });

  it.each([
    ['names that are not there', nxdomain, 3],
    ['refusals', refused, 3],
    ['referrals', referral, 3],
    ['empty answers', nodata, 10],
    ['answers', answer, 10],
  ])('of %s at random', (_, make, through) => {
    const { judge } = limitOf();
    const verdicts = Array.from({ length: 10 }, (_unused, at) => judge(make(`r${at}.example.com`), 1)).flat();
    expect(sent(verdicts)).toBe(through);
  });

  it('has another rate for each kind, and one for all of them', () => {
    const { judge } = limitOf({ nxdomainsPerSecond: 1, errorsPerSecond: 2, allPerSecond: 6 });
    expect(sent(judge(nxdomain('a.example.com'), 3))).toBe(1);
    expect(sent(judge(refused('a.example.com'), 3))).toBe(2);
    expect(sent(judge(answer('a.example.com'), 3))).toBe(0);
  });

  it.each([
    [1, ['truncate', 'truncate', 'truncate', 'truncate']],
    [2, ['drop', 'truncate', 'drop', 'truncate']],
    [0, ['drop', 'drop', 'drop', 'drop']],
  ])('cuts every %s. answer beyond it short', (slip, after) => {
    const { judge } = limitOf({ slip });
    expect(judge(answer('a.example.com'), 7).slice(3)).toEqual(after);
  });

  it('spares those who are exempt', () => {
    const { judge } = limitOf({ exempt: new AddressList(['192.0.2.0/28']) });
    expect(sent(judge(answer('a.example.com'), 10))).toBe(10);
    expect(sent(judge(answer('a.example.com'), 10, '192.0.2.16'))).toBe(3);
  });

  it('keeps no more accounts than it has room for, and forgets none of few', () => {
    const { judge } = limitOf({ tableSize: 64 });
    for (let at = 0; at < 5000; at++) judge(answer('a.example.com'), 1, `10.${at >> 8}.${at & 0xff}.1`);
    expect(sent(judge(answer('a.example.com'), 5))).toBe(3);
  });
});

it('an answer cut short is the question, and no longer than that', () => {
  const whole = answer('a.example.com', { tail: Array.from({ length: 100 }, () => 7), additional: 1 });
  const cut = truncatedAnswer(whole);
  expect(cut.toString('hex')).toBe(
    '0102' + '8600' + '0001000000000001' + '016107657861' + '6d706c6503636f6d0000010001' + '00002904d0000000000000',
  );
  expect(truncatedAnswer(answer('a.example.com')).length).toBe(12 + 15 + 4);
  expect(truncatedAnswer(Buffer.from('0102800100000000000000 00'.replaceAll(' ', ''), 'hex')).length).toBe(12);
});
