import {
  dnsSubdomainProblems,
  invalidValue,
  required,
  rfc1035LabelProblems,
  type FieldError,
} from '../../apimachinery/index.ts';
import { oneOf } from '../field-rules.ts';
import type { MatchCondition, MatchResources, ParamKind, Variable } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateMatchConditions } from './match-conditions.ts';
import { validateMatch } from './match-resources.ts';
import { FAILURE_POLICIES } from './webhook-configuration.ts';

interface PolicySpec {
  readonly paramKind?: ParamKind;
  readonly matchConstraints?: MatchResources;
  readonly failurePolicy?: string;
  readonly matchConditions?: readonly MatchCondition[];
  readonly variables?: readonly Variable[];
}

/** What validating and mutating policies have in common. What expressions mean is checked by who compiles them. */
export function validatePolicy(spec: Sent<PolicySpec>): readonly FieldError[] {
  const { failurePolicy, paramKind, matchConstraints, variables = [] } = spec;
  return [
    ...(failurePolicy === undefined
      ? [required('spec.failurePolicy')]
      : oneOf('spec.failurePolicy', failurePolicy, FAILURE_POLICIES)),
    ...(paramKind === undefined ? [] : validateParamKind('spec.paramKind', paramKind)),
    ...validateConstraints('spec.matchConstraints', matchConstraints),
    ...validateMatchConditions('spec.matchConditions', spec.matchConditions),
    ...variables.flatMap((variable, index) => validateVariable(`spec.variables[${index}]`, variable)),
  ];
}

function validateConstraints(field: string, constraints: Sent<MatchResources> | undefined): readonly FieldError[] {
  if (constraints === undefined) return [required(field)];
  const { resourceRules = [] } = constraints;
  return [
    ...validateMatch(field, constraints),
    ...(resourceRules.length === 0 ? [required(`${field}.resourceRules`)] : []),
  ];
}

function validateParamKind(field: string, { apiVersion = '', kind = '' }: Sent<ParamKind>): readonly FieldError[] {
  const problems = rfc1035LabelProblems(kind.toLowerCase());
  const why = `may have mixed case, but should otherwise match: ${problems.join(',')}`;
  return [
    ...validateGroupVersion(`${field}.apiVersion`, apiVersion),
    ...(kind === ''
      ? [required(`${field}.kind`)]
      : problems.length > 0
        ? [invalidValue(`${field}.kind`, kind, why)]
        : []),
  ];
}

function validateGroupVersion(field: string, text: string): readonly FieldError[] {
  if (text === '') return [required(field)];
  const parts = text === '/' ? ['', ''] : text.split('/');
  if (parts.length > 2) return [invalidValue(field, text, `unexpected GroupVersion string: ${text}`)];
  const version = parts.at(-1) ?? '';
  const group = parts.length === 2 ? (parts[0] ?? '') : '';
  return [
    ...(group === '' ? [] : joined(field, group, dnsSubdomainProblems(group))),
    ...(version === ''
      ? [invalidValue(field, text, 'version must be specified')]
      : joined(field, version, rfc1035LabelProblems(version))),
  ];
}

function joined(field: string, value: string, problems: readonly string[]): readonly FieldError[] {
  return problems.length === 0 ? [] : [invalidValue(field, value, problems.join(','))];
}

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

/** Words of CEL, or kept for it. */
const RESERVED = new Set(
  (
    'true false null in as break const continue else for function if import let loop package namespace return ' +
    'var void while'
  ).split(' '),
);

function validateVariable(field: string, { name = '', expression = '' }: Sent<Variable>): readonly FieldError[] {
  const isIdentifier = IDENTIFIER.test(name) && !RESERVED.has(name);
  return [
    ...(name.trim() === ''
      ? [required(`${field}.name`, 'name is not specified')]
      : isIdentifier
        ? []
        : [invalidValue(`${field}.name`, name, 'name is not a valid CEL identifier')]),
    ...(expression.trim() === '' ? [required(`${field}.expression`, 'expression is not specified')] : []),
  ];
}
