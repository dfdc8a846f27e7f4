import type { Resource } from '../../../apimachinery/index.ts';
import type { AdmissionRequest } from '../../admission.ts';

/** `RuleWithOperations` and `NamedRuleWithOperations` of the API. */
export interface Rule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  readonly scope?: string;
  readonly resourceNames?: readonly string[];
}

export type RequestPlace = Pick<AdmissionRequest, 'operation' | 'subresource' | 'namespace' | 'name'>;

export function ruleMatches(rule: Rule, request: RequestPlace, resource: Resource): boolean {
  return (
    includes(rule.operations, request.operation) &&
    includes(rule.apiGroups, resource.group) &&
    includes(rule.apiVersions, resource.version) &&
    matchesScope(rule.scope, request, resource) &&
    matchesResource(rule.resources ?? [], resource.plural, request.subresource ?? '') &&
    matchesName(rule.resourceNames ?? [], request.name)
  );
}

function includes(values: readonly string[] = [], value: string): boolean {
  return values.includes('*') || values.includes(value);
}

/** A Namespace is at the scope of the cluster although it is asked about as being in itself. */
function matchesScope(scope: string | undefined, { namespace }: RequestPlace, resource: Resource): boolean {
  const isNamespaced = namespace !== undefined && namespace !== '' && resource.namespaced;
  if (scope === 'Namespaced') return isNamespaced;
  return scope === 'Cluster' ? !isNamespaced : true;
}

/** `pods`, `pods/status`, `pods/*`, `*\/status`, `*` (no subresource) and `*\/*`. */
function matchesResource(patterns: readonly string[], plural: string, subresource: string): boolean {
  return patterns.some((pattern) => {
    const [resource = '', part = ''] = pattern.split('/', 2);
    return (resource === '*' || resource === plural) && (part === '*' || part === subresource);
  });
}

function matchesName(names: readonly string[], name: string): boolean {
  return names.length === 0 || names.includes(name);
}
