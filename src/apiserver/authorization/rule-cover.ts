import type { PolicyRule } from './rbac.ts';

/** What of `wanted` the rules in `held` do not allow, each with one verb, one group and one resource or path. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(singleRules).filter((single) => !held.some((rule) => covers(rule, single)));
}

interface ResourceAtom extends PolicyRule {
  readonly verbs: readonly [string];
  readonly apiGroups: readonly [string];
  readonly resources: readonly [string];
  readonly resourceNames?: readonly [string];
}

interface PathAtom extends PolicyRule {
  readonly verbs: readonly [string];
  readonly nonResourceURLs: readonly [string];
}

type Atom = ResourceAtom | PathAtom;

function singleRules({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule) {
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  return verbs.flatMap((verb): readonly Atom[] => [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((name): ResourceAtom => {
          const atom = { verbs: [verb], apiGroups: [group], resources: [resource] } as const;
          return name === undefined ? atom : { ...atom, resourceNames: [name] };
        }),
      ),
    ),
    ...nonResourceURLs.map((url): PathAtom => ({ verbs: [verb], nonResourceURLs: [url] })),
  ]);
}

function covers(rule: PolicyRule, atom: Atom): boolean {
  if (!has(rule.verbs, atom.verbs[0])) return false;
  if (isPath(atom)) return (rule.nonResourceURLs ?? []).some((url) => coversUrl(url, atom.nonResourceURLs[0]));
  const { apiGroups, resources, resourceNames } = atom;
  return (
    has(rule.apiGroups, apiGroups[0]) &&
    (rule.resources ?? []).some((resource) => coversResource(resource, resources[0])) &&
    coversName(rule.resourceNames, resourceNames?.[0])
  );
}

function isPath(atom: Atom): atom is PathAtom {
  return atom.nonResourceURLs !== undefined;
}

function has(list: readonly string[] = [], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function coversResource(held: string, wanted: string): boolean {
  if (held === '*' || held === wanted) return true;
  return held.startsWith('*/') && wanted.endsWith(held.slice(1));
}

/** A rule without names is for all of them; one with names never covers all. */
function coversName(held: readonly string[] = [], wanted: string | undefined): boolean {
  return held.length === 0 || (wanted !== undefined && held.includes(wanted));
}

function coversUrl(held: string, wanted: string): boolean {
  return held === wanted || (held.endsWith('*') && wanted.startsWith(held.slice(0, -1)));
}
