import { describe, expect, it } from 'vitest';
import { openRequest, parseTsigKey, signRequest, TsigError, TsigKeyError } from './index.ts';

const key = parseTsigKey({ name: 'Transfer.', secret: 'c2VjcmV0IG9mIHR3byBzZXJ2ZXJz' });
const other = parseTsigKey({ name: 'transfer', secret: 'bm90IHRoZSBzYW1lIHNlY3JldCE=' });
const query = Buffer.from('1234010000010000000000000765 78616d706c6503636f6d0000060001'.replaceAll(' ', ''), 'hex');
const NOW = 1_800_000_000;

describe('a TSIG key', () => {
  it('has its name in lower case without the trailing dot', () => {
    expect(key).toMatchObject({ name: 'transfer', algorithm: 'hmac-sha256' });
  });

  it.each([
    [{ name: 'k', secret: '' }, /the secret is not base64/],
    [{ name: 'k', secret: 'top secret!' }, /the secret is not base64/],
    [{ name: 'k', secret: 'AAAA', algorithm: 'gss-tsig' }, /unknown algorithm "gss-tsig"/],
    [{ name: 'a b', secret: 'AAAA' }, /has the label "a b"/],
  ])('is refused without a word of its secret: %j', (text, message) => {
    expect(() => parseTsigKey(text)).toThrow(TsigKeyError);
    expect(() => parseTsigKey(text)).toThrow(message);
    expect(() => parseTsigKey(text)).not.toThrow(/top secret/);
  });
});

describe('a signed request', () => {
  it.each(['hmac-md5', 'hmac-sha1', 'hmac-sha224', 'hmac-sha256', 'HMAC-SHA384', 'hmac-sha512.'])(
    'is as it was when it is opened with the same key (%s)',
    (algorithm) => {
      const mine = parseTsigKey({ name: 'k.example', secret: 'c2VjcmV0', algorithm });
      const opened = openRequest(signRequest(query, mine, NOW).packet, [other, mine], NOW + 299);
      expect(opened).toMatchObject({ kind: 'signed', message: query, key: mine });
    },
  );

  it('is found to be its own although its id was changed on the way', () => {
    const { packet } = signRequest(query, key, NOW);
    packet.writeUInt16BE(0x9999, 0);
    expect(openRequest(packet, [key], NOW)).toMatchObject({ kind: 'signed', message: query });
  });

  it('is told from one that is not signed', () => {
    expect(openRequest(query, [key], NOW)).toEqual({ kind: 'unsigned' });
  });

  it.each([
    ['BADKEY', 'of an unknown key', [], NOW],
    ['BADKEY', 'of another algorithm', [{ ...key, algorithm: 'hmac-sha1' as const }], NOW],
    ['BADSIG', 'of another secret', [other], NOW],
    ['BADTIME', 'of long ago', [key], NOW + 301],
    ['BADTIME', 'of the future', [key], NOW - 301],
  ])('is refused as %s when it is %s', (error, _, keys, now) => {
    const opened = openRequest(signRequest(query, key, NOW).packet, keys, now);
    expect(opened).toMatchObject({ kind: 'refused', error });
  });

  it('is refused when anything in it was changed', () => {
    const { packet } = signRequest(query, key, NOW);
    packet.writeUInt8(packet.readUInt8(14) ^ 0x20, 14);
    expect(openRequest(packet, [key], NOW)).toMatchObject({ kind: 'refused', error: 'BADSIG' });
  });

  it('with half its MAC is good but not enough, with less it is malformed, with none it is wrong', () => {
    const { packet } = signRequest(query, key, NOW);
    expect(openRequest(withMacOf(packet, 16), [key], NOW)).toMatchObject({ kind: 'refused', error: 'BADTRUNC' });
    expect(openRequest(withMacOf(packet, 9), [key], NOW)).toMatchObject({ error: 'BADSIG', rcode: 'FORMERR' });
    expect(openRequest(withMacOf(packet, 0), [key], NOW)).toMatchObject({ error: 'BADSIG', rcode: 'NOTAUTH' });
  });

  it.each(Array.from({ length: 20 }, (_, index) => index * 4))('is malformed when it ends %i bytes early', (less) => {
    const { packet } = signRequest(query, key, NOW);
    expect(() => openRequest(packet.subarray(0, packet.length - 1 - less), [key], NOW)).toThrow();
  });

  it('is malformed when something follows its signature', () => {
    const { packet } = signRequest(signRequest(query, key, NOW).packet, key, NOW);
    expect(() => openRequest(packet, [key], NOW)).toThrow('not the last');
  });
});

describe('the answer to a signed request', () => {
  const ask = () => {
    const { packet, replies } = signRequest(query, key, NOW);
    const opened = openRequest(packet, [key], NOW);
    if (opened.kind !== 'signed') throw new Error(opened.kind);
    return { verifier: replies, signer: opened.replies };
  };

  it('is opened message by message', () => {
    const { verifier, signer } = ask();
    const stream = [1, 2, 3].map(() => signer.sign(query, NOW));
    for (const packet of stream) expect(verifier.open(packet, NOW)).toEqual(query);
    verifier.end();
  });

  it('is not trusted out of order', () => {
    const { verifier, signer } = ask();
    const [first, , third] = [1, 2, 3].map(() => signer.sign(query, NOW));
    verifier.open(first ?? query, NOW);
    expect(() => verifier.open(third ?? query, NOW)).toThrow(TsigError);
  });

  it('is not trusted when it answers another request', () => {
    const one = ask();
    const two = signRequest(query, key, NOW + 1);
    expect(() => two.replies.open(one.signer.sign(query, NOW), NOW)).toThrow('the signature of the answer is wrong');
  });

  it('is not trusted unsigned, and not when its end is unsigned', () => {
    const { verifier, signer } = ask();
    expect(() => verifier.open(query, NOW)).toThrow('the answer is not signed');
    verifier.open(signer.sign(query, NOW), NOW);
    verifier.open(query, NOW);
    expect(() => {
      verifier.end();
    }).toThrow('the end of the answer is not signed');
  });

  it.each([
    ['BADKEY', [], NOW],
    ['BADSIG', [other], NOW],
    ['BADTIME', [key], NOW + 1000],
  ])('says %s where the server did not accept the request', (error, keys, now) => {
    const { packet, replies } = signRequest(query, key, NOW);
    const opened = openRequest(packet, keys, now);
    if (opened.kind !== 'refused') throw new Error(opened.kind);
    expect(() => replies.open(opened.explain(query), NOW)).toThrow(`does not accept the signature: ${error}`);
  });
});

/** The MAC of the only signature made shorter. */
function withMacOf(packet: Buffer, length: number): Buffer {
  const full = 32;
  const from = packet.length - 6 - full;
  const cut = Buffer.concat([packet.subarray(0, from + length), packet.subarray(from + full)]);
  cut.writeUInt16BE(length, from - 2);
  const dataLengthAt = query.length + 'transfer'.length + 2 + 8;
  cut.writeUInt16BE(cut.readUInt16BE(dataLengthAt) - (full - length), dataLengthAt);
  return cut;
}
