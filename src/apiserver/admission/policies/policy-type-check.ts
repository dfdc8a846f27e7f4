import type { TypeTable } from '../../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../resource-definition.ts';
import type { ExpressionWarning, ValidatingPolicy } from './shapes.ts';

/** A policy that speaks of more kinds is checked for the first ones only. */
const MAX_KINDS = 10;

/**
 * What `status.typeChecking` says of a policy: mistakes that only show when it is known of which kind `object` is. Only
 * kinds that the policy names are looked at: nothing can be said of `*`.
 */
export async function policyTypeWarnings(
  policy: ValidatingPolicy,
  served: readonly ResourceDefinition[],
  types: TypeTable,
): Promise<readonly ExpressionWarning[]> {
  const kinds = kindsOf(policy, served);
  if (kinds.length === 0) return [];
  const { typeWarnings } = await import('./type-warnings.ts');
  return typeWarnings(policy, kinds, types);
}

function kindsOf({ spec }: ValidatingPolicy, served: readonly ResourceDefinition[]): readonly ResourceDefinition[] {
  const rules = spec?.matchConstraints?.resourceRules ?? [];
  const named = rules.flatMap(({ apiGroups = [], apiVersions = [], resources = [] }) =>
    served.filter(
      ({ group, version, plural }) =>
        apiGroups.includes(group) && apiVersions.includes(version) && resources.includes(plural),
    ),
  );
  return [...new Set(named)].slice(0, MAX_KINDS);
}
