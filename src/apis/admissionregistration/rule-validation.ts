import { duplicate, invalidValue, pathSegmentProblems, required, type FieldError } from '../../apimachinery/index.ts';
import { invalidBy, oneOf } from '../field-rules.ts';
import type { NamedRuleWithOperations, RuleWithOperations } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

export function ruleDefaults<T extends Sent<RuleWithOperations>>(rule: T): T {
  return { ...rule, scope: rule.scope ?? '*' };
}

/** Which requests a webhook or policy is asked about. */
export function validateRule(field: string, rule: Sent<RuleWithOperations>): readonly FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  return [
    ...validateSet(`${field}.operations`, operations, 'operations'),
    ...operations.flatMap((operation, index) => oneOf(`${field}.operations[${index}]`, operation, OPERATIONS)),
    ...validateSet(`${field}.apiGroups`, apiGroups, 'API groups'),
    ...validateSet(`${field}.apiVersions`, apiVersions, 'API versions'),
    ...emptyOnes(`${field}.apiVersions`, apiVersions),
    ...validateResources(`${field}.resources`, resources),
    ...oneOf(`${field}.scope`, scope, SCOPES),
  ];
}

export function validateNamedRule(field: string, rule: Sent<NamedRuleWithOperations>): readonly FieldError[] {
  const { resourceNames = [] } = rule;
  const ofNames = resourceNames.flatMap((name, index) => {
    const where = `${field}.resourceNames[${index}]`;
    const problems = invalidBy(where, name, pathSegmentProblems(name));
    return resourceNames.indexOf(name) < index ? [...problems, duplicate(where, name)] : problems;
  });
  return [...ofNames, ...validateRule(field, rule)];
}

function validateSet(field: string, values: readonly string[], noun: string): readonly FieldError[] {
  if (values.length === 0) return [required(field)];
  if (values.length === 1 || !values.includes('*')) return [];
  return [invalidValue(field, values, `if '*' is present, must not specify other ${noun}`)];
}

function emptyOnes(field: string, values: readonly string[]): readonly FieldError[] {
  return values.flatMap((value, index) => (value === '' ? [required(`${field}[${index}]`)] : []));
}

/** `pods`, `pods/status`, `pods/*`, `*\/scale`, `*` and `*\/*`; what one covers another may not name again. */
function validateResources(field: string, resources: readonly string[]): readonly FieldError[] {
  if (resources.length === 0) return [required(field)];
  const hasOwn = resources.some((resource) => resource !== '*' && !resource.includes('/'));
  const { length } = resources;
  return [
    ...emptyOnes(field, resources),
    ...resources.flatMap((resource, index) => covered(`${field}[${index}]`, resource, resources.slice(0, index))),
    ...(length > 1 && resources.includes('*/*')
      ? [invalidValue(field, resources, "if '*/*' is present, must not specify other resources")]
      : []),
    ...(resources.includes('*') && hasOwn
      ? [invalidValue(field, resources, "if '*' is present, must not specify other resources without subresources")]
      : []),
  ];
}

function covered(field: string, text: string, before: readonly string[]): readonly FieldError[] {
  const [resource = '', part] = text.split('/', 2);
  if (part === undefined) return [];
  return [`${resource}/*`, `*/${part}`]
    .filter((wider) => before.includes(wider))
    .map((wider) => invalidValue(field, text, `if '${wider}' is present, must not specify ${text}`));
}
