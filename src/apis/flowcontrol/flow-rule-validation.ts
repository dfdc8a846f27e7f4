import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { invalidBy, requiredName } from '../field-rules.ts';
import type {
  FlowcontrolV1Subject,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  ServiceAccountSubject,
} from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const VERBS = ['*', 'create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

export function validateRules(field: string, rules: readonly Sent<PolicyRulesWithSubjects>[]): readonly FieldError[] {
  return rules.flatMap((rule, index) => validateRule(`${field}[${index}]`, rule));
}

function validateRule(
  field: string,
  { subjects = [], resourceRules = [], nonResourceRules = [] }: Sent<PolicyRulesWithSubjects>,
): readonly FieldError[] {
  const isEmpty = resourceRules.length === 0 && nonResourceRules.length === 0;
  return [
    ...(subjects.length === 0 ? [required(`${field}.subjects`, 'subjects must contain at least one value')] : []),
    ...subjects.flatMap((subject, index) => validateSubject(`${field}.subjects[${index}]`, subject)),
    ...(isEmpty ? [required(field, 'at least one of resourceRules and nonResourceRules has to be non-empty')] : []),
    ...resourceRules.flatMap((rule, index) => validateResources(`${field}.resourceRules[${index}]`, rule)),
    ...nonResourceRules.flatMap((rule, index) => validateUrls(`${field}.nonResourceRules[${index}]`, rule)),
  ];
}

const SUBJECTS = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' } as const;

function validateSubject(field: string, subject: Sent<FlowcontrolV1Subject>): readonly FieldError[] {
  const { kind = '', user, group, serviceAccount } = subject;
  const parts = { user, group, serviceAccount };
  if (kind !== 'Group' && kind !== 'ServiceAccount' && kind !== 'User') {
    return [notSupported(`${field}.kind`, kind, Object.keys(SUBJECTS))];
  }
  const own = SUBJECTS[kind];
  const others = Object.entries(SUBJECTS).filter(([other, part]) => other !== kind && parts[part] !== undefined);
  return [
    ...(parts[own] === undefined
      ? [required(`${field}.${own}`, `${own} is required when subject kind is '${kind}'`)]
      : kind === 'ServiceAccount'
        ? validateAccount(`${field}.${own}`, serviceAccount ?? {})
        : (parts[own].name ?? '') === ''
          ? [required(`${field}.${own}.name`)]
          : []),
    ...others.map(([other, part]) =>
      forbiddenField(`${field}.${part}`, `${part} is forbidden when subject kind is not '${other}'`),
    ),
  ];
}

function validateAccount(
  field: string,
  { name = '', namespace = '' }: Sent<ServiceAccountSubject>,
): readonly FieldError[] {
  return [
    ...(name === '*' ? [] : requiredName(`${field}.name`, name, dnsSubdomainProblems)),
    ...(namespace === ''
      ? [required(`${field}.namespace`, 'must specify namespace for service account')]
      : invalidBy(`${field}.namespace`, namespace, dnsLabelProblems(namespace))),
  ];
}

/** `missing` when there is none; everything or a list, and not both. */
function validateSet(field: string, values: readonly string[], missing: string, noun: string): readonly FieldError[] {
  if (values.length === 0) return [required(field, missing)];
  if (values.length === 1 || !values.includes('*')) return [];
  return [invalidValue(field, values, `if '*' is present, must not specify other ${noun}`)];
}

function validateVerbs(field: string, verbs: readonly string[]): readonly FieldError[] {
  const errors = validateSet(field, verbs, 'verbs must contain at least one value', 'verbs');
  const isKnown = verbs.includes('*') || verbs.every((verb) => VERBS.includes(verb));
  return isKnown ? errors : [...errors, notSupported(field, verbs, VERBS)];
}

function validateResources(field: string, rule: Sent<ResourcePolicyRule>): readonly FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], namespaces = [], clusterScope = false } = rule;
  const where = `${field}.namespaces`;
  const noNamespace = 'resource rules that are not cluster scoped must supply at least one namespace';
  const intro = "each member of this list must be '*' or a DNS-1123 label; ";
  return [
    ...validateVerbs(`${field}.verbs`, verbs),
    ...validateSet(`${field}.apiGroups`, apiGroups, 'resource rules must supply at least one api group', 'api groups'),
    ...validateSet(`${field}.resources`, resources, 'resource rules must supply at least one resource', 'resources'),
    ...(namespaces.length === 0 && clusterScope ? [] : validateSet(where, namespaces, noNamespace, 'namespaces')),
    ...(namespaces.includes('*') ? [] : namespaces).flatMap((namespace, index) =>
      dnsLabelProblems(namespace).map((problem) => invalidValue(`${where}[${index}]`, namespace, intro + problem)),
    ),
  ];
}

function validateUrls(field: string, { verbs = [], nonResourceURLs = [] }: Sent<NonResourcePolicyRule>) {
  const where = `${field}.nonResourceURLs`;
  const missing = 'nonResourceURLs must contain at least one value';
  return [
    ...validateVerbs(`${field}.verbs`, verbs),
    ...validateSet(where, nonResourceURLs, missing, 'non-resource URLs'),
    ...(nonResourceURLs.includes('*') ? [] : nonResourceURLs).flatMap((url, index) =>
      validateUrl(`${where}[${index}]`, url),
    ),
  ];
}

function validateUrl(field: string, url: string): readonly FieldError[] {
  if (url === '') return [invalidValue(field, url, 'must not be empty')];
  if (url === '/') return [];
  const star = url.indexOf('*');
  const why = !url.startsWith('/')
    ? 'must start with slash'
    : url.includes(' ')
      ? 'must not contain white-space'
      : url.includes('//')
        ? 'must not contain double slash'
        : star >= 0 && (star !== url.length - 1 || !url.endsWith('/*'))
          ? 'wildcard can only do suffix matching'
          : undefined;
  return why === undefined ? [] : [invalidValue(field, url, why)];
}
