import type { Step } from '../remote/held.ts';
import { policyData } from './routing-policy.ts';
import type { Rrset } from './rrsets.ts';

/** Made as a whole or not at all: refused where a deletion is not all that is there, or an addition is there already. */
export interface Change {
  readonly additions: Rrset[];
  readonly deletions: Rrset[];
}

/** Quotas of one change. */
const MAX_RRSETS = 1000;
const MAX_DATA_BYTES = 100_000;

/** What is at one name goes and comes in one change. */
export function changes(steps: readonly Step<Rrset>[], added: (step: Step<Rrset>) => Rrset | undefined): Change[] {
  const made: Change[] = [];
  let bytes = 0;
  for (const ofName of Map.groupBy(steps, ({ name }) => name).values()) {
    const deletions = ofName.flatMap(({ before }) => before?.raw ?? []);
    const additions = ofName.flatMap((step) => added(step) ?? []);
    const needed = [...deletions, ...additions].reduce((sum, rrset) => sum + sizeBytes(rrset), 0);
    let change = made.at(-1);
    const isFull =
      change === undefined ||
      change.additions.length + additions.length > MAX_RRSETS ||
      change.deletions.length + deletions.length > MAX_RRSETS ||
      bytes + needed > MAX_DATA_BYTES;
    if (change === undefined || isFull) {
      change = { additions: [], deletions: [] };
      made.push(change);
      bytes = 0;
    }
    change.additions.push(...additions);
    change.deletions.push(...deletions);
    bytes += needed;
  }
  return made;
}

const sizeBytes = ({ rrdatas = [], routingPolicy = {} }: Rrset) =>
  [...rrdatas, ...policyData(routingPolicy)].reduce((sum, item) => sum + item.length, 0);
