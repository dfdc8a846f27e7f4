import { expect, it } from 'vitest';
import { mallocTrim } from './malloc-trim.ts';

const PIECE_BYTES = 64 * 1024; // less than what malloc maps by itself
const PIECES = 2_000;
const BETWEEN = 100;

it.skipIf(process.platform !== 'linux')('gives back what is free in the midst of the heap', async () => {
  const pieces = Array.from({ length: PIECES }, () => new Uint8Array(PIECE_BYTES).fill(1));
  // Their memory is free at once; those that stay keep the heap as large as it is.
  for (const [at, { buffer }] of pieces.entries()) if (at % BETWEEN !== BETWEEN - 1) buffer.transfer(0);
  const before = process.memoryUsage.rss();
  await mallocTrim()();
  expect(before - process.memoryUsage.rss()).toBeGreaterThan((PIECES * PIECE_BYTES) / 2);
});
