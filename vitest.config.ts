import { defineConfig } from 'vitest/config';

/** A busy machine is no reason to fail: only what never comes takes this long. */
const node = {
  environment: 'node' as const,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...node,
          name: 'unit',
          include: [
            '{src,federation,member-cluster,dns}/**/*.test.ts',
            'test/{conformance,integration,harness}/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          ...node,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
