import { invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import type { PolicyRule } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

type Rule = Sent<PolicyRule>;

export function validateRules(rules: readonly Rule[] | undefined, namespaced: boolean): readonly FieldError[] {
  return (rules ?? []).flatMap((rule, index) => validateRule(`rules[${index}]`, rule, namespaced));
}

function validateRule(field: string, rule: Rule, namespaced: boolean): readonly FieldError[] {
  const { verbs = [], nonResourceURLs = [] } = rule;
  const errors = verbs.length === 0 ? [required(`${field}.verbs`, 'verbs must contain at least one value')] : [];
  const ofKind = nonResourceURLs.length > 0 ? validateUrls(field, rule, namespaced) : validateResources(field, rule);
  return [...errors, ...ofKind];
}

function validateUrls(field: string, rule: Rule, namespaced: boolean): readonly FieldError[] {
  const { nonResourceURLs = [], apiGroups = [], resources = [], resourceNames = [] } = rule;
  const where = `${field}.nonResourceURLs`;
  const isMixed = apiGroups.length + resources.length + resourceNames.length > 0;
  return [
    ...(namespaced ? [invalidValue(where, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')] : []),
    ...(isMixed
      ? [invalidValue(where, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs')]
      : []),
  ];
}

function validateResources(field: string, { apiGroups = [], resources = [] }: Rule): readonly FieldError[] {
  return [
    ...(apiGroups.length === 0
      ? [required(`${field}.apiGroups`, 'resource rules must supply at least one api group')]
      : []),
    ...(resources.length === 0
      ? [required(`${field}.resources`, 'resource rules must supply at least one resource')]
      : []),
  ];
}
