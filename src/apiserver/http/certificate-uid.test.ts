import { expect, it } from 'vitest';
import { certificateUid } from './certificate-uid.ts';

/** A piece of DER; whoever has more than 127 bytes says his length in two more. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const text = (value: string, tag = 0x0c) => der(tag, Buffer.from(value));
const attribute = (type: string, value: Buffer) => der(0x31, der(0x30, der(0x06, Buffer.from(type, 'hex')), value));
const uid = (value: Buffer) => attribute('2b0601040183c25302', value);
const commonName = attribute('550403', text('ann'));

/** As much of a certificate as comes before its subject, and the same attributes after it. */
function certificate(
  subject: readonly Buffer[],
  issuer: readonly Buffer[] = [],
  after: readonly Buffer[] = [],
): Buffer {
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const [number, algorithm, validity] = [der(0x02, Buffer.from([1])), der(0x30), der(0x30)];
  const signed = [version, number, algorithm, der(0x30, ...issuer), validity, der(0x30, ...subject)];
  return der(0x30, der(0x30, ...signed, ...after, der(0x04, Buffer.alloc(200))));
}

it('reads the uid of a subject, whatever string it is', () => {
  expect(certificateUid(certificate([commonName]))).toBeUndefined();
  expect(certificateUid(certificate([commonName, uid(text('jürgen-7'))]))).toBe('jürgen-7');
  expect(certificateUid(certificate([uid(text('42', 0x13)), commonName]))).toBe('42');
});

it('takes no uid from anywhere else', () => {
  expect(certificateUid(certificate([commonName], [uid(text('7'))]))).toBeUndefined();
  expect(certificateUid(certificate([commonName], [], [uid(text('7'))]))).toBeUndefined();
  expect(certificateUid(certificate([attribute('550403', uid(text('7')))]))).toBeUndefined();
});

it('refuses several, and what is no text', () => {
  expect(() => certificateUid(certificate([uid(text('a')), uid(text('b'))]))).toThrow('found multiple: a, b');
  expect(() => certificateUid(certificate([uid(der(0x02, Buffer.from([7])))]))).toThrow('into a string');
});
