import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../src/component-base/index.ts';
import { parseClientAddress } from '../../choice/index.ts';
import { ServerCookies } from './server-cookies.ts';
import { SipHash } from './siphash.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const addressOf = (text: string) => parseClientAddress(text)?.bytes ?? new Uint8Array();

const clockAt = (seconds: number) => {
  const clock = new FakeClock();
  return Object.assign(clock, { now: () => seconds * 1000 });
};

function answer(cookies: ServerCookies, sent: string, address: string): [string, string] {
  const reply = Buffer.alloc(24);
  return [cookies.answer(hex(sent), addressOf(address), reply), reply.toString('hex')];
}

it('hashes as the authors of SipHash do', () => {
  const hash = new SipHash(hex('000102030405060708090a0b0c0d0e0f'));
  const message = Uint8Array.from({ length: 15 }, (_, index) => index);
  const target = Buffer.alloc(8);
  hash.write(message, 15, target, 0);
  expect(target.toString('hex')).toBe('e545be4961ca29a1');
  hash.write(message, 0, target, 0);
  expect(target.toString('hex')).toBe('310e0edd47db6f72');
});

describe('cookies of RFC 9018, appendix A', () => {
  const secret = hex('e5e973e5a6b2a43f48e7dc849e37bfcf');

  it('are given to who has none', () => {
    const cookies = new ServerCookies({ secrets: [secret] }, clockAt(1_559_731_985));
    const given = '2464c4abcf10c957010000005cf79f111f8130c3eee29480';
    expect(answer(cookies, '2464c4abcf10c957', '198.51.100.100')).toEqual(['unknown', given]);
  });

  it('are given back while they are young, and known from that address only', () => {
    const cookies = new ServerCookies({ secrets: [secret] }, clockAt(1_559_734_385));
    const young = '2464c4abcf10c957010000005cf79f111f8130c3eee29480';
    const half = new ServerCookies({ secrets: [secret] }, clockAt(1_559_731_985 + 1800));
    expect(answer(half, young, '198.51.100.100')).toEqual(['good', young]);
    expect(answer(half, young, '198.51.100.101')[0]).toBe('unknown');
    const old = 'fc93fc62807ddb86010000005cf78f71a314227b6679ebf5';
    expect(answer(cookies, old, '203.0.113.203')[0]).toBe('unknown');
  });

  it('of an earlier secret are taken, and made anew with the first', () => {
    const before = hex('dd3bdf9344b678b185a6f5cb60fca715');
    const now = hex('445536bcd2513298075a5d379663c962');
    const sent = '22681ab97d52c298010000005cf7c57926556bd0934c72f8';
    const address = '2001:db8:220:1:59de:d0f4:8769:82b8';
    const late = new ServerCookies({ secrets: [now, before] }, clockAt(1_559_741_817 + 3000));
    const [verdict, given] = answer(late, sent, address);
    expect([verdict, given.slice(0, 32)]).toEqual(['good', '22681ab97d52c298010000005cf7d131']);
    const fresh = new ServerCookies({ secrets: [now] }, clockAt(1_559_741_961));
    expect(answer(fresh, '22681ab97d52c298', address)[1]).toBe('22681ab97d52c298010000005cf7c609a6bb79d16625507a');
  });
});

describe('cookies', () => {
  it.each([0, 7, 9, 15, 41])('of %s bytes are malformed', (length) => {
    const cookies = new ServerCookies({}, clockAt(1_600_000_000));
    expect(answer(cookies, 'aa'.repeat(length), '192.0.2.1')).toEqual(['malformed', '00'.repeat(24)]);
  });

  it.each([
    { after: -301, verdict: 'unknown', renewed: true },
    { after: -300, verdict: 'good', renewed: false },
    { after: 1800, verdict: 'good', renewed: false },
    { after: 1801, verdict: 'good', renewed: true },
    { after: 3600, verdict: 'good', renewed: true },
    { after: 3601, verdict: 'unknown', renewed: true },
  ])('are $verdict after $after seconds', ({ after, verdict, renewed }) => {
    let seconds = 1_600_000_000;
    const cookies = new ServerCookies({}, Object.assign(new FakeClock(), { now: () => seconds * 1000 }));
    const [, given] = answer(cookies, '0102030405060708', '192.0.2.1');
    seconds += after;
    const [later, again] = answer(cookies, given, '192.0.2.1');
    expect([later, again !== given]).toEqual([verdict, renewed]);
  });

  it('of other servers are unknown, whatever their length', () => {
    const cookies = new ServerCookies({}, clockAt(1_600_000_000));
    const [, foreign] = answer(new ServerCookies({}, clockAt(1_600_000_000)), '0102030405060708', '192.0.2.1');
    expect(answer(cookies, foreign, '192.0.2.1')[0]).toBe('unknown');
    expect(answer(cookies, '01'.repeat(40), '192.0.2.1')[0]).toBe('unknown');
  });

  it('need secrets of 16 bytes', () => {
    expect(() => new ServerCookies({ secrets: [hex('aabb')] }, new FakeClock())).toThrow('has 16 bytes');
  });
});
