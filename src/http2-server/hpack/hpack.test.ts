import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeClock } from '../../component-base/index.ts';
import { Http2Error } from '../http2-error.ts';
import { HpackDecoder } from './decoder.ts';
import { HpackEncoder } from './encoder.ts';
import { decodeHuffman } from './huffman.ts';

function decode(decoder: HpackDecoder, block: Buffer): readonly string[] {
  const lines: string[] = [];
  decoder.decode(block, ({ name, value }) => lines.push(`${name}: ${value}`));
  return lines;
}

/** All bytes, from 0 to 255, in the code, as another implementation writes them. */
const ALL_BYTES =
  '/8f//Y///+L///4////k///+X///5v///n///+j//+r////z///6f///q////9///+v///7P///t///+7///7////w////H///8v' +
  '////v///z////T///9f///2////f///+P///5////r///+1P4/n/r/yr8f6/r+/n/f0suwAImWm3HXn7n3//IP+/8/9Q3b1/BhxY' +
  '8mXNn0adWvZt3b+HHl+c/3/3//w/+f/kX/9HGSQss05unWimo9faxCbe/jz69//7/n/7/9////z//m//9L//n//6P//T//9T//1f' +
  '//s//+t//9r//7f//3P//u///e///r//+////Z///b//6///4P//7v//w///i///H//+T//uf/+x//+X//2f//zf//n///v//9r/' +
  '/u//9P//t//+5//+j//9P//e///V//7v//vf//4f/9///3///1///s//8H//h//+D//xf//t//+H//93//7//+r//4v//j//+T//' +
  '+H//y///N///H///g///4f/+v//j//8///8v//o///2f//8X///H///yf//97///v///8v//+P//+3//l//4///+b///wf//+H//' +
  '/n///8X//+X//k//8v///R///0////7///4////J///5f/+z///P//t//83//0//+f//0f//z//+r//6///93//+////T///X///' +
  'q///p///1///+b///s///7f///P///6P///T///6v///X////3///s///9v///u///9////w///7vw==';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

it.each([
  ['as they are (RFC 7541 C.3)', '828684410f7777772e6578616d706c652e636f6d', '828684be58086e6f2d6361636865'],
  ["in Huffman's code (RFC 7541 C.4)", '828684418cf1e3c2e5f23a6ba0ab90f4ff', '828684be5886a8eb10649cbf'],
])('reads the headers of requests on one connection, texts %s', (_, first, second) => {
  const decoder = new HpackDecoder();
  const common = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
  expect(decode(decoder, hex(first))).toEqual(common);
  expect(decode(decoder, hex(second))).toEqual([...common, 'cache-control: no-cache']);
});

it('reads what curl and Go send: fields that are kept, named by an index or not', () => {
  const decoder = new HpackDecoder();
  expect(decode(decoder, hex('400a637573746f6d2d6b65790d637573746f6d2d686561646572'))).toEqual([
    'custom-key: custom-header',
  ]);
  expect(decode(decoder, hex('be'))).toEqual(['custom-key: custom-header']);
  expect(decode(decoder, hex('040c2f73616d706c652f70617468'))).toEqual([':path: /sample/path']);
  expect(() => decode(decoder, hex('bf'))).toThrow('an index that no header has');
});

it('lets go of what no longer fits the table', () => {
  const decoder = new HpackDecoder();
  const large = 'x'.repeat(1_300);
  const kept = (name: string) => Buffer.from(`\x40\x01${name}\x7f\x95\x09${large}`, 'latin1');
  for (const name of ['a', 'b', 'c', 'd']) expect(decode(decoder, kept(name))).toEqual([`${name}: ${large}`]);
  expect(decode(decoder, hex('bebfc0'))).toEqual(['d', 'c', 'b'].map((name) => `${name}: ${large}`));
  expect(() => decode(decoder, hex('c1'))).toThrow('an index that no header has');
  expect(decode(decoder, hex('20 82'))).toEqual([':method: GET']);
  expect(() => decode(decoder, hex('be'))).toThrow('an index that no header has');
});

it.each([
  ['a table larger than allowed', '3fe23f'],
  ['a change of the table within the fields', '8220'],
  ['a text longer than the block', '400a6375'],
  ['a number without an end', '7fffffffffffffff'],
  ['the index 0', '80'],
  ['a text with the end of texts in it', '4001618 4ffffffff'],
  ['padding that is too long', '40016182 1fff'],
  ['padding that is not all ones', '400161 81 18'],
])('refuses %s', (_, block) => {
  expect(() => decode(new HpackDecoder(), hex(block))).toThrow(Http2Error);
});

it('knows the code of every byte', () => {
  const text = decodeHuffman(Buffer.from(ALL_BYTES, 'base64'));
  expect(Buffer.from(text ?? '', 'latin1')).toEqual(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
});

it('gives fields or a proper error, whatever it reads', () => {
  const decoder = new HpackDecoder();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decode(decoder, Buffer.from(bytes));
      } catch (err) {
        expect(err).toBeInstanceOf(Http2Error);
      }
    }),
    { numRuns: 5_000 },
  );
});

it('writes what it reads', () => {
  const encoder = new HpackEncoder(new FakeClock(Date.parse('2026-01-02T03:04:05Z')));
  const value = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 300,
  });
  const name = fc.constantFrom('audit-id', 'content-type', 'cache-control', 'x-b', 'warning');
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 599 }),
      fc.dictionary(name, fc.oneof(value, fc.array(value))),
      (status, headers) => {
        const lines = Object.entries(headers).flatMap(([key, values]) =>
          [values].flat().map((one) => `${key}: ${one}`),
        );
        expect(decode(new HpackDecoder(), Buffer.from(encoder.encode(status, headers), 'latin1'))).toEqual([
          `:status: ${status}`,
          'date: Fri, 02 Jan 2026 03:04:05 GMT',
          ...lines,
        ]);
      },
    ),
  );
});

it('writes names in small letters, and no line breaks', () => {
  const encoder = new HpackEncoder(new FakeClock());
  const block = encoder.encode(200, { 'Audit-ID': 'x', date: 'today' });
  expect(decode(new HpackDecoder(), Buffer.from(block, 'latin1'))).toEqual([
    ':status: 200',
    'audit-id: x',
    'date: today',
  ]);
  expect(() => encoder.encode(200, { a: 'b\r\nc: d' })).toThrow(TypeError);
  expect(() => encoder.encode(200, { 'a b': 'c' })).toThrow(TypeError);
});
