/** The step of a key's life that is its deletion. */
export const LAST_STEP = 5;

/** What is written under a key in a step: of all sizes, and different in every byte position from what was before. */
export function valueOf(key: string, step: number): Buffer {
  const size = 20 + (((key.length * 31 + Number(key.split('/').at(-1))) * 7919 + step * 104_729) % 9_000);
  return Buffer.alloc(size, `${key} ${step} `);
}
