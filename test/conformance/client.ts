import { describe, it } from 'vitest';
import { deletionTests } from './client/deletions.ts';
import type { ClientTests, ClientUnderTest } from './client/fixture.ts';
import { readTests } from './client/reads.ts';
import { watchTests } from './client/watches.ts';
import { writeTests } from './client/writes.ts';

export type ClientFactory = () => Promise<ClientUnderTest>;

/** What every transport of `Client` promises. */
export function clientConformance(name: string, factory: ClientFactory): void {
  const tests: ClientTests = (title, body) => {
    it(title, async () => {
      await using underTest = await factory();
      await body(underTest);
    });
  };
  describe(name, () => {
    describe('reads', () => {
      readTests(tests);
    });
    describe('writes', () => {
      writeTests(tests);
    });
    describe('deletions', () => {
      deletionTests(tests);
    });
    describe('watches', () => {
      watchTests(tests);
    });
  });
}
