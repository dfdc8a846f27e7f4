import { Followers } from './placing-followers.ts';
import { PolicyIndex } from './placing-policies.ts';
import { Scaling } from './scaling.ts';
import { PolicyTally, type PolicyTallyDeps } from './placing-tally.ts';

/** What the placing of all kinds has in common. */
export interface PlacingContext {
  readonly policies: PolicyIndex;
  readonly followers: Followers;
  readonly scaling: Scaling;
  /** Runs beside. */
  readonly tally: PolicyTally;
}

/** Asks for its informers at once, so that they are synced before anything is decided. */
export function placingContext(deps: PolicyTallyDeps): PlacingContext {
  const policies = new PolicyIndex(deps.informers);
  return {
    policies,
    followers: new Followers(deps.informers),
    scaling: new Scaling(deps.informers, policies),
    tally: new PolicyTally(deps),
  };
}
