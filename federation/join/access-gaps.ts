import { groupResource } from '../../src/apimachinery/index.ts';
import type { PolicyRule } from '../../src/apis/index.ts';

/** Something that the federation has to do in a member. */
export interface Deed {
  readonly group: string;
  readonly plural: string;
  readonly verb: string;
}

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** What rules of resources come down to, one verb each. */
export function deedsOf(rules: readonly PolicyRule[]): readonly Deed[] {
  return rules.flatMap(({ apiGroups = [], resources = [], verbs, resourceNames = [] }) =>
    resourceNames.length > 0
      ? []
      : apiGroups.flatMap((group) => resources.flatMap((plural) => verbs.map((verb) => ({ group, plural, verb })))),
  );
}

/** Those that no rule allows for all objects. */
export function gaps(deeds: readonly Deed[], rules: readonly Rule[]): readonly Deed[] {
  const general = rules.filter(({ resourceNames = [] }) => resourceNames.length === 0);
  return deeds.filter((deed) => !general.some((rule) => allows(rule, deed)));
}

export function allows({ verbs, apiGroups = [], resources = [] }: Rule, { group, plural, verb }: Deed): boolean {
  return has(verbs, verb) && has(apiGroups, group) && has(resources, plural);
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

/** Rules that allow just these. */
export function rulesFor(deeds: readonly Deed[]): readonly PolicyRule[] {
  const verbsOf = new Map<string, Deed[]>();
  for (const deed of deeds) verbsOf.set(groupResource(deed), [...(verbsOf.get(groupResource(deed)) ?? []), deed]);
  return [...verbsOf.values()].map((own) => ({
    apiGroups: [own[0]?.group ?? ''],
    resources: [own[0]?.plural ?? ''],
    verbs: own.map(({ verb }) => verb),
  }));
}

const MAX_NAMED = 8;

/** `get, list secrets; create roles.rbac.authorization.k8s.io`. */
export function describeGaps(missing: readonly Deed[]): string {
  const verbsOf = new Map<string, string[]>();
  for (const deed of missing) {
    const kind = groupResource(deed);
    verbsOf.set(kind, [...(verbsOf.get(kind) ?? []), deed.verb]);
  }
  const kindsOf = new Map<string, string[]>();
  for (const [kind, verbs] of verbsOf) {
    const list = verbs.join(', ');
    kindsOf.set(list, [...(kindsOf.get(list) ?? []), kind]);
  }
  return [...kindsOf].map(([verbs, kinds]) => `${verbs} ${named(kinds.sort())}`).join('; ');
}

function named(kinds: readonly string[]): string {
  if (kinds.length <= MAX_NAMED) return kinds.join(', ');
  return `${kinds.slice(0, MAX_NAMED).join(', ')} and ${kinds.length - MAX_NAMED} more kinds`;
}
