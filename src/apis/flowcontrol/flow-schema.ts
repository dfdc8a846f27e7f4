import {
  deepEqual,
  dnsSubdomainProblems,
  duplicate,
  invalidValue,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE } from '../columns.ts';
import { broken, invalidBy, oneOf } from '../field-rules.ts';
import type { FlowSchema, FlowSchemaSpec } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';
import { mandatoryFlowSchemas } from './bootstrap-flow-schemas.ts';
import { validateRules } from './flow-rule-validation.ts';

export const GROUP = 'flowcontrol.apiserver.k8s.io';
const DEFAULT_PRECEDENCE = 1000;
const MAX_PRECEDENCE = 10_000;

export const flowSchemas: ResourceDefinition<FlowSchema> = {
  group: GROUP,
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  singular: 'flowschema',
  namespaced: false,
  schema: 'k8s.io/api/flowcontrol/v1.FlowSchema',
  subresources: [
    { type: 'status', name: 'status', validateUpdate: ({ status }) => validateConditions(status?.conditions ?? []) },
  ],
  strategy: {
    defaults: (schema) => {
      const { matchingPrecedence = 0 } = schema.spec ?? {};
      const precedence = matchingPrecedence === 0 ? DEFAULT_PRECEDENCE : matchingPrecedence;
      const spec = { priorityLevelConfiguration: { name: '' }, ...schema.spec, matchingPrecedence: precedence };
      return { ...schema, spec };
    },
    prepareForCreate: withoutStatus,
    prepareForUpdate: withStatusOf,
    validate,
  },
  columns: [
    nameColumn,
    {
      name: 'PriorityLevel',
      type: 'string',
      description: 'Where its requests wait.',
      value: ({ spec }) => spec?.priorityLevelConfiguration.name ?? '',
    },
    {
      name: 'MatchingPrecedence',
      type: 'string',
      description: 'The lowest number that matches a request has it.',
      value: ({ spec }) => spec?.matchingPrecedence ?? 0,
    },
    {
      name: 'DistinguisherMethod',
      type: 'string',
      description: 'What tells one flow from another.',
      value: ({ spec }) => spec?.distinguisherMethod?.type ?? NONE,
    },
    ageColumn,
    {
      name: 'MissingPL',
      type: 'string',
      description: 'Whether its priority level is not there.',
      value: ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    },
  ],
};

function validate(schema: FlowSchema): readonly FieldError[] {
  const name = schema.metadata.name ?? '';
  const { spec = {} } = sent(schema);
  const fixed = mandatoryFlowSchemas.find(({ metadata }) => metadata.name === name);
  const isChanged = fixed !== undefined && !deepEqual(schema.spec, fixed.spec);
  return [
    ...validateSpec(name, spec),
    ...(isChanged ? [invalidValue('spec', spec, `spec of '${name}' must equal the fixed value`)] : []),
  ];
}

function validateSpec(name: string, spec: Sent<FlowSchemaSpec>): readonly FieldError[] {
  const { matchingPrecedence = 0, priorityLevelConfiguration, distinguisherMethod, rules = [] } = spec;
  const field = 'spec.matchingPrecedence';
  const level = priorityLevelConfiguration?.name ?? '';
  const wrong = (why: string) => invalidValue(field, matchingPrecedence, why);
  return [
    ...broken(
      [matchingPrecedence <= 0, wrong('must be a positive value')],
      [matchingPrecedence > MAX_PRECEDENCE, wrong(`must not be greater than ${MAX_PRECEDENCE}`)],
      [
        matchingPrecedence === 1 && name !== 'exempt',
        wrong("only the schema named 'exempt' may have matchingPrecedence 1"),
      ],
    ),
    ...(distinguisherMethod === undefined
      ? []
      : oneOf('spec.distinguisherMethod.type', distinguisherMethod.type ?? '', ['ByNamespace', 'ByUser'])),
    ...(level === ''
      ? [required('spec.priorityLevelConfiguration.name', 'must reference a priority level')]
      : invalidBy('spec.priorityLevelConfiguration.name', level, dnsSubdomainProblems(level))),
    ...validateRules('spec.rules', rules),
  ];
}

/** Those of both kinds of this group. */
export function validateConditions(conditions: readonly { readonly type?: string }[]): readonly FieldError[] {
  const types = conditions.map(({ type = '' }) => type);
  return types.flatMap((type, index) => [
    ...(types.indexOf(type) < index ? [duplicate(`status.conditions[${index}].type`, type)] : []),
    ...(type === '' ? [required(`status.conditions[${index}].type`, 'must not be empty')] : []),
  ]);
}
