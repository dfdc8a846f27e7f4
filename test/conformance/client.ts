import { describe, it } from 'vitest';
import { deletionTests } from './client/deletions.ts';
import type { ClientTests, ClientTestTraits, ClientUnderTest } from './client/fixture.ts';
import { namespaceTests } from './client/namespaces.ts';
import { readTests } from './client/reads.ts';
import { versionTests } from './client/versions.ts';
import { watchTests } from './client/watches.ts';
import { writeTests } from './client/writes.ts';

export type ClientFactory = (traits: ClientTestTraits) => Promise<ClientUnderTest>;

/** What every transport of `Client` promises. */
export function clientConformance(name: string, factory: ClientFactory): void {
  const tests: ClientTests = (title, body, traits = {}) => {
    it(title, async () => {
      await using underTest = await factory(traits);
      await body(underTest);
    });
  };
  describe(name, () => {
    describe('reads', () => {
      readTests(tests);
    });
    describe('versions', () => {
      versionTests(tests);
    });
    describe('writes', () => {
      writeTests(tests);
    });
    describe('deletions', () => {
      deletionTests(tests);
    });
    describe('namespaces', () => {
      namespaceTests(tests);
    });
    describe('watches', () => {
      watchTests(tests);
    });
  });
}
