import {
  dnsLabelProblems,
  invalidValue,
  labelKeyProblems,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { invalidBy, validLabelSelector } from '../field-rules.ts';
import type { Affinity, NodeAffinity, PodAffinity, PodAffinityTerm } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateNodeSelector, validateNodeSelectorTerm } from './node-selector-validation.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(field: string, affinity: Sent<Affinity> | undefined): readonly FieldError[] {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {};
  return [
    ...validateNodeAffinity(`${field}.nodeAffinity`, nodeAffinity ?? {}),
    ...validatePodAffinity(`${field}.podAffinity`, podAffinity ?? {}),
    ...validatePodAffinity(`${field}.podAntiAffinity`, podAntiAffinity ?? {}),
  ];
}

function validateNodeAffinity(field: string, affinity: Sent<NodeAffinity>): readonly FieldError[] {
  const needed = affinity[REQUIRED];
  return [
    ...(needed === undefined ? [] : validateNodeSelector(`${field}.${REQUIRED}`, needed)),
    ...(affinity[PREFERRED] ?? []).flatMap(({ weight, preference = {} }, index) => [
      ...validateWeight(`${field}.${PREFERRED}[${index}].weight`, weight),
      ...validateNodeSelectorTerm(`${field}.${PREFERRED}[${index}].preference`, preference),
    ]),
  ];
}

function validatePodAffinity(field: string, affinity: Sent<PodAffinity>): readonly FieldError[] {
  return [
    ...(affinity[REQUIRED] ?? []).flatMap((term, index) => validateTerm(`${field}.${REQUIRED}[${index}]`, term)),
    ...(affinity[PREFERRED] ?? []).flatMap(({ weight, podAffinityTerm = {} }, index) => [
      ...validateWeight(`${field}.${PREFERRED}[${index}].weight`, weight),
      ...validateTerm(`${field}.${PREFERRED}[${index}].podAffinityTerm`, podAffinityTerm),
    ]),
  ];
}

function validateWeight(field: string, weight = 0): readonly FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalidValue(field, weight, 'must be in the range 1-100')];
}

function validateTerm(field: string, term: Sent<PodAffinityTerm>): readonly FieldError[] {
  return [
    ...validLabelSelector(`${field}.labelSelector`, term.labelSelector),
    ...validLabelSelector(`${field}.namespaceSelector`, term.namespaceSelector),
    ...(term.namespaces ?? []).flatMap((name, index) =>
      invalidBy(`${field}.namespaces[${index}]`, name, dnsLabelProblems(name)),
    ),
    ...validateTermKey(`${field}.topologyKey`, term.topologyKey),
  ];
}

/** An empty one is told of twice, unlike that of a spread. */
function validateTermKey(field: string, key = ''): readonly FieldError[] {
  return [
    ...(key === '' ? [required(field, 'can not be empty')] : []),
    ...invalidBy(field, key, labelKeyProblems(key)),
  ];
}

export function validateTopologyKey(field: string, key = ''): readonly FieldError[] {
  return key === '' ? [required(field, 'can not be empty')] : invalidBy(field, key, labelKeyProblems(key));
}
