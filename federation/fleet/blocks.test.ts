import { expect, it } from 'vitest';
import { BlockClaims } from './blocks.ts';

it('no two get the same block at once, and one that is let go may be had again', async () => {
  await using one = new BlockClaims();
  await using other = new BlockClaims();
  const none = new Set<number>();
  const blocks = await Promise.all([one, other, one, other].map((claims) => claims.claimFree(6443, none)));
  expect(new Set(blocks).size).toBe(4);
  const [block = 0] = blocks;
  expect(await one.claim(block)).toBe(true);
  expect(await other.claim(block)).toBe(false);
  await one.release(block);
  expect(await other.claim(block)).toBe(true);
});
