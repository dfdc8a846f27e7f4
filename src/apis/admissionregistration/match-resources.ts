import { required, type FieldError } from '../../apimachinery/index.ts';
import { oneOf, validLabelSelector } from '../field-rules.ts';
import type { MatchResources } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { ruleDefaults, validateNamedRule } from './rule-validation.ts';
import { MATCH_POLICIES } from './webhook-configuration.ts';

/** What policies and their bindings speak of. */
export function matchDefaults(match: MatchResources): MatchResources {
  const { resourceRules, excludeResourceRules } = match;
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    ...match,
    ...(resourceRules === undefined ? {} : { resourceRules: resourceRules.map(ruleDefaults) }),
    ...(excludeResourceRules === undefined ? {} : { excludeResourceRules: excludeResourceRules.map(ruleDefaults) }),
  };
}

export function validateMatch(field: string, match: Sent<MatchResources> | undefined): readonly FieldError[] {
  if (match === undefined) return [];
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = match;
  return [
    ...(matchPolicy === undefined
      ? [required(`${field}.matchPolicy`)]
      : oneOf(`${field}.matchPolicy`, matchPolicy, MATCH_POLICIES)),
    ...(namespaceSelector === undefined
      ? [required(`${field}.namespaceSelector`)]
      : validLabelSelector(`${field}.namespaceSelector`, namespaceSelector)),
    ...(objectSelector === undefined
      ? [required(`${field}.objectSelector`)]
      : validLabelSelector(`${field}.objectSelector`, objectSelector)),
    ...resourceRules.flatMap((rule, index) => validateNamedRule(`${field}.resourceRules[${index}]`, rule)),
    ...excludeResourceRules.flatMap((rule, index) =>
      validateNamedRule(`${field}.excludeResourceRules[${index}]`, rule),
    ),
  ];
}
