import type { Mode, Policy } from './standard.ts';

/** What the operator of a cluster says of pod security, beside the labels of namespaces. */
export interface PodSecuritySettings {
  /** Of namespaces that do not say themselves. */
  readonly defaults: Readonly<Record<Mode, Policy>>;
  readonly exemptions: PodSecurityExemptions;
}

/** By name; whatever is exempt is neither refused nor warned of. */
export interface PodSecurityExemptions {
  readonly usernames: readonly string[];
  readonly namespaces: readonly string[];
  readonly runtimeClasses: readonly string[];
}

const ANYTHING: Policy = { level: 'privileged', version: 'latest' };

export const USUAL_SETTINGS: PodSecuritySettings = {
  defaults: { enforce: ANYTHING, audit: ANYTHING, warn: ANYTHING },
  exemptions: { usernames: [], namespaces: [], runtimeClasses: [] },
};
