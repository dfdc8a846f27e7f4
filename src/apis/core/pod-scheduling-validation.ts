import {
  dnsLabelProblems,
  duplicate,
  invalidValue,
  labelKeyProblems,
  type FieldError,
} from '../../apimachinery/index.ts';
import { broken, invalidBy, oneOf, requiredName, validLabelSelector } from '../field-rules.ts';
import type { PodResourceClaim, PodSpec, TopologySpreadConstraint } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateAffinity, validateTopologyKey } from './affinity-validation.ts';
import { quantityProblems } from './quantities.ts';
import { validateTolerations } from './toleration-validation.ts';

type Spec = Sent<PodSpec>;

/** Where a pod may run, and when. */
export function validateScheduling(field: string, spec: Spec): readonly FieldError[] {
  const gates = (spec.schedulingGates ?? []).map(({ name = '' }) => name);
  return [
    ...validateAffinity(`${field}.affinity`, spec.affinity),
    ...validateTolerations(`${field}.tolerations`, spec.tolerations ?? []),
    ...validateSpread(`${field}.topologySpreadConstraints`, spec.topologySpreadConstraints ?? []),
    ...gates.flatMap((name, index) => [
      ...invalidBy(`${field}.schedulingGates[${index}]`, name, labelKeyProblems(name)),
      ...(gates.indexOf(name) < index ? [duplicate(`${field}.schedulingGates[${index}]`, name)] : []),
    ]),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType = '' }, index) =>
      invalidBy(`${field}.readinessGates[${index}].conditionType`, conditionType, labelKeyProblems(conditionType)),
    ),
    ...validateClaims(`${field}.resourceClaims`, spec.resourceClaims ?? []),
    ...Object.entries(spec.overhead ?? {}).flatMap(([name, text = '']) =>
      quantityProblems(`${field}.overhead[${name}]`, text),
    ),
  ];
}

function validateSpread(field: string, constraints: readonly Sent<TopologySpreadConstraint>[]): readonly FieldError[] {
  const pairs = constraints.map((each) => `{${each.topologyKey ?? ''}, ${each.whenUnsatisfiable ?? ''}}`);
  return constraints.flatMap((constraint, index) => {
    const where = `${field}[${index}]`;
    const pair = pairs[index] ?? '';
    return [
      ...validateConstraint(where, constraint),
      ...(pairs.indexOf(pair) < index ? [duplicate(`${where}.{topologyKey, whenUnsatisfiable}`, pair)] : []),
    ];
  });
}

function validateConstraint(field: string, constraint: Sent<TopologySpreadConstraint>): readonly FieldError[] {
  const { maxSkew = 0, minDomains = 1, whenUnsatisfiable = '' } = constraint;
  const onlyHard = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
  const policies = ['Honor', 'Ignore'];
  return [
    ...broken(
      [maxSkew <= 0, invalidValue(`${field}.maxSkew`, maxSkew, 'must be greater than zero')],
      [minDomains <= 0, invalidValue(`${field}.minDomains`, minDomains, 'must be greater than zero')],
      [
        constraint.minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule',
        invalidValue(`${field}.minDomains`, constraint.minDomains, onlyHard),
      ],
    ),
    ...validateTopologyKey(`${field}.topologyKey`, constraint.topologyKey),
    ...oneOf(`${field}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
    ...oneOf(`${field}.nodeAffinityPolicy`, constraint.nodeAffinityPolicy, policies),
    ...oneOf(`${field}.nodeTaintsPolicy`, constraint.nodeTaintsPolicy, policies),
    ...validLabelSelector(`${field}.labelSelector`, constraint.labelSelector),
  ];
}

function validateClaims(field: string, claims: readonly Sent<PodResourceClaim>[]): readonly FieldError[] {
  const names = claims.map(({ name = '' }) => name);
  return claims.flatMap((claim, index) => {
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    const where = `${field}[${index}]`;
    const given = [resourceClaimName, resourceClaimTemplateName].filter((each) => each !== undefined).length;
    return [
      ...requiredName(`${where}.name`, name, dnsLabelProblems),
      ...(names.indexOf(name ?? '') < index ? [duplicate(`${where}.name`, name)] : []),
      ...broken(
        [
          given > 1,
          invalidValue(
            where,
            claim,
            'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
          ),
        ],
        [
          given === 0,
          invalidValue(where, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'),
        ],
      ),
    ];
  });
}
