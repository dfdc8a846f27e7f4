import {
  dnsLabelProblems,
  forbiddenField,
  invalidValue,
  required,
  type FieldError,
} from '../../src/apimachinery/index.ts';
import { broken, oneOf, validLabelSelector } from '../../src/apis/index.ts';
import type { ClusterAffinity, ClusterFieldRequirement, ResourceSelector } from './placement-policy.ts';

/** What is known of every cluster beside its labels. */
export const CLUSTER_FIELDS = ['region', 'zone', 'version'] as const;

const SETS = ['In', 'NotIn'];
const PRESENCE = ['Exists', 'DoesNotExist'];
const ORDER = ['Gt', 'Lt'];
const VERSION = /^v?\d+(\.\d+){0,2}$/;

/** `namespace`: of the policy; absent for one of the whole federation. */
export function validateResourceSelectors(
  path: string,
  selectors: readonly ResourceSelector[],
  namespace: string | undefined,
): readonly FieldError[] {
  if (selectors.length === 0) return [required(path, 'a policy without selectors would decide about nothing')];
  return selectors.flatMap((selector, index) => validateResourceSelector(`${path}[${index}]`, selector, namespace));
}

function validateResourceSelector(
  path: string,
  { apiVersion, kind, namespace: wanted = '', name = '', labelSelector }: ResourceSelector,
  own: string | undefined,
): readonly FieldError[] {
  const isElsewhere = own !== undefined && wanted !== '' && wanted !== own;
  return [
    ...broken(
      [apiVersion === '', required(`${path}.apiVersion`, 'such as apps/v1')],
      [kind === '', required(`${path}.kind`, 'such as Deployment')],
      [
        isElsewhere,
        invalidValue(`${path}.namespace`, wanted, `a policy of namespace ${own ?? ''} decides there alone`),
      ],
      [
        name !== '' && labelSelector !== undefined,
        forbiddenField(`${path}.labelSelector`, 'may not be set together with `name`'),
      ],
    ),
    ...validLabelSelector(`${path}.labelSelector`, labelSelector),
  ];
}

export function validateAffinity(path: string, affinity: ClusterAffinity | undefined): readonly FieldError[] {
  if (affinity === undefined) return [];
  const { clusterNames = [], exclude = [], labelSelector, fieldSelector } = affinity;
  const requirements = fieldSelector?.matchExpressions ?? [];
  return [
    ...clusterNames.flatMap((name, index) => validateName(`${path}.clusterNames[${index}]`, name)),
    ...exclude.flatMap((name, index) => validateName(`${path}.exclude[${index}]`, name)),
    ...validLabelSelector(`${path}.labelSelector`, labelSelector),
    ...requirements.flatMap((requirement, index) =>
      validateFieldRequirement(`${path}.fieldSelector.matchExpressions[${index}]`, requirement),
    ),
  ];
}

function validateName(path: string, name: string): readonly FieldError[] {
  return dnsLabelProblems(name).map((problem) => invalidValue(path, name, problem));
}

function validateFieldRequirement(
  path: string,
  { key, operator, values = [] }: ClusterFieldRequirement,
): readonly FieldError[] {
  const operators = key === 'version' ? [...SETS, ...PRESENCE, ...ORDER] : [...SETS, ...PRESENCE];
  const isVersion = values.length === 1 && VERSION.test(values[0] ?? '');
  return [
    ...oneOf(`${path}.key`, key, CLUSTER_FIELDS),
    ...oneOf(`${path}.operator`, operator, operators),
    ...broken(
      [
        SETS.includes(operator) && values.length === 0,
        required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"),
      ],
      [
        PRESENCE.includes(operator) && values.length > 0,
        forbiddenField(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      ],
      [
        key === 'version' && ORDER.includes(operator) && !isVersion,
        invalidValue(`${path}.values`, values, "must be one version, such as 1.30, when `operator` is 'Gt' or 'Lt'"),
      ],
    ),
  ];
}
