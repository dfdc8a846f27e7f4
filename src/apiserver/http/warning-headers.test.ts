import { expect, it } from 'vitest';
import { warningHeaders } from './warning-headers.ts';

it('says each warning once, in what a header may carry', () => {
  expect(warningHeaders(['a "b"', 'é\n', 'a "b"'])).toEqual(['299 - "a \\"b\\""', '299 - "??"']);
});

it('cuts warnings and leaves out some where they would be too long for a client', () => {
  expect(warningHeaders(['x'.repeat(4_000)])[0]).toHaveLength(4_000 + '299 - ""'.length);
  const headers = warningHeaders(Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(5_000)}`));
  expect(headers).toHaveLength(16);
  expect(headers[0]).toHaveLength(256 + '299 - ""'.length);
});
