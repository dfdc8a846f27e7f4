import { invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceQuotaSpec, ScopedResourceSelectorRequirement } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { isComputeOfQuota } from './resource-names.ts';

const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];
const OPPOSITES = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

export function validateScopes(
  field: string,
  scopes: readonly string[],
  resources: readonly string[],
): readonly FieldError[] {
  const hasOpposites = OPPOSITES.some((pair) => pair.every((scope) => scopes.includes(scope)));
  return [
    ...scopes.flatMap((scope) => [
      ...(SCOPES.includes(scope) ? [] : [invalidValue(field, scopes, 'unsupported scope')]),
      ...(resources.every((name) => isCounted(scope, name))
        ? []
        : [invalidValue(field, scopes, 'unsupported scope applied to resource')]),
    ]),
    ...(hasOpposites ? [invalidValue(field, scopes, 'conflicting scopes')] : []),
  ];
}

/** Whether a resource can be counted within a scope: of pods without requests nothing but their number. */
function isCounted(scope: string, name: string): boolean {
  switch (scope) {
    case 'BestEffort':
      return name === 'pods' || name === 'count/pods';
    case 'VolumeAttributesClass':
      return name === 'persistentvolumeclaims' || name.includes('storage');
    default:
      return isComputeOfQuota(name) || name === 'count/pods' || name.includes('hugepages-') || name.includes('/');
  }
}

const EXISTENCE_ONLY = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];

/** As `scopes`, for some values of a scope only. */
export function validateScopeSelector(
  selector: Sent<ResourceQuotaSpec>['scopeSelector'],
  resources: readonly string[],
): readonly FieldError[] {
  const field = 'spec.scopeSelector.matchExpressions';
  const expressions = selector?.matchExpressions ?? [];
  return expressions.flatMap((expression) => {
    const { scopeName = '' } = expression;
    return [
      ...(SCOPES.includes(scopeName) ? [] : [invalidValue(`${field}.scopeName`, scopeName, 'unsupported scope')]),
      ...(resources.every((name) => isCounted(scopeName, name))
        ? []
        : [invalidValue(field, selector, 'unsupported scope applied to resource')]),
      ...validateOperator(field, expression),
    ];
  });
}

function validateOperator(
  field: string,
  { scopeName = '', operator = '', values = [] }: Sent<ScopedResourceSelectorRequirement>,
): readonly FieldError[] {
  const ofExistence = EXISTENCE_ONLY.includes(scopeName) && operator !== 'Exists' ? [mustExist(field, operator)] : [];
  switch (operator) {
    case 'In':
    case 'NotIn': {
      const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
      return values.length === 0 ? [...ofExistence, required(`${field}.values`, why)] : ofExistence;
    }
    case 'Exists':
    case 'DoesNotExist': {
      const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
      return values.length > 0 ? [...ofExistence, invalidValue(`${field}.values`, values, why)] : ofExistence;
    }
    default:
      return [...ofExistence, invalidValue(`${field}.operator`, operator, 'not a valid selector operator')];
  }
}

function mustExist(field: string, operator: string): FieldError {
  const names = [
    'ResourceQuotaScopeTerminating',
    'ResourceQuotaScopeNotTerminating',
    'ResourceQuotaScopeBestEffort',
    'ResourceQuotaScopeNotBestEffort',
  ].join(', ');
  const why = `must be 'Exist' when scope is any of ${names} or ResourceQuotaScopeCrossNamespacePodAffinity`;
  return invalidValue(`${field}.operator`, operator, why);
}
