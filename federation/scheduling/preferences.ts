/** What a user wants of one cluster, or of every cluster not named (`*`). */
export interface ClusterPreference {
  /** Best effort: when the sum exceeds the total, heavier clusters come first. */
  readonly minReplicas: number;
  /** Unbounded when absent. */
  readonly maxReplicas?: number;
  readonly weight: number;
}

/** The value of `federation.kubernetes.io/{deployment,replica-set}-preferences`. */
export interface ReplicaPreferences {
  /** Move running replicas to where the weights want them; otherwise they stay where they run. */
  readonly rebalance: boolean;
  readonly clusters: Readonly<Record<string, ClusterPreference>>;
}

/** Names every cluster that has no entry of its own. */
const ANY_CLUSTER = '*';

/** Without the annotation: spread evenly. */
export const defaultPreferences: ReplicaPreferences = {
  rebalance: false,
  clusters: { [ANY_CLUSTER]: { minReplicas: 0, weight: 1 } },
};

/** What is wanted of a cluster: `undefined` where it is to have nothing. */
export function preferenceFor({ clusters }: ReplicaPreferences, name: string): ClusterPreference | undefined {
  return Object.hasOwn(clusters, name) ? clusters[name] : clusters[ANY_CLUSTER];
}

export type ParsedPreferences =
  | { readonly ok: true; readonly preferences: ReplicaPreferences }
  /** `problem` says what is wrong with the text, for an event. */
  | { readonly ok: false; readonly problem: string };

/** Keys match in any case, as they did for the original's Go types; unknown keys are ignored as they were there. */
export function parsePreferences(text: string): ParsedPreferences {
  try {
    const root = fieldsOf(JSON.parse(text), 'the value');
    const clusters = fieldsOf(root('clusters') ?? {}, 'clusters', 'exact').entries;
    return {
      ok: true,
      preferences: {
        rebalance: booleanOf(root('rebalance'), 'rebalance'),
        clusters: Object.fromEntries(clusters.map(([name, value]) => [name, preferenceOf(name, value)])),
      },
    };
  } catch (err) {
    if (err instanceof SyntaxError || err instanceof MalformedPreferences) return { ok: false, problem: err.message };
    throw err;
  }
}

class MalformedPreferences extends Error {}

function preferenceOf(cluster: string, value: unknown): ClusterPreference {
  const where = `clusters[${cluster}]`;
  const field = fieldsOf(value ?? {}, where);
  const max = field('maxReplicas');
  return {
    minReplicas: countOf(field('minReplicas'), `${where}.minReplicas`),
    ...(max === undefined || max === null ? {} : { maxReplicas: countOf(max, `${where}.maxReplicas`) }),
    weight: countOf(field('weight'), `${where}.weight`),
  };
}

type Fields = ((name: string) => unknown) & { readonly entries: readonly (readonly [string, unknown])[] };

function fieldsOf(value: unknown, where: string, keys: 'any-case' | 'exact' = 'any-case'): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedPreferences(`${where} must be an object`);
  }
  const entries: (readonly [string, unknown])[] = Object.entries(value);
  const byName = new Map(entries.map(([key, field]) => [keys === 'exact' ? key : key.toLowerCase(), field]));
  return Object.assign((name: string) => byName.get(name.toLowerCase()), { entries });
}

function booleanOf(value: unknown, where: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new MalformedPreferences(`${where} must be true or false`);
  return value;
}

function countOf(value: unknown, where: string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new MalformedPreferences(`${where} must be a whole number, zero or more`);
  }
  return value;
}
