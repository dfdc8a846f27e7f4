import {
  deepEqual,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { Column, ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE } from '../columns.ts';
import { broken, within } from '../field-rules.ts';
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';
import { mandatoryPriorityLevels } from './bootstrap-priority-levels.ts';
import { GROUP, validateConditions } from './flow-schema.ts';

const DEFAULT_SHARES = 30;
const MAX_QUEUES = 10_000_000;
const MAX_HASH_BITS = 60;

export const priorityLevelConfigurations: ResourceDefinition<PriorityLevelConfiguration> = {
  group: GROUP,
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  singular: 'prioritylevelconfiguration',
  namespaced: false,
  schema: 'k8s.io/api/flowcontrol/v1.PriorityLevelConfiguration',
  subresources: [
    { type: 'status', name: 'status', validateUpdate: ({ status }) => validateConditions(status?.conditions ?? []) },
  ],
  strategy: { defaults, prepareForCreate: withoutStatus, prepareForUpdate: withStatusOf, validate },
  columns: [
    nameColumn,
    {
      name: 'Type',
      type: 'string',
      description: 'Whether it is limited at all.',
      value: ({ spec }) => spec?.type ?? '',
    },
    {
      name: 'NominalConcurrencyShares',
      type: 'string',
      description: 'Its part of the seats.',
      value: ({ spec }) => (spec?.limited ?? spec?.exempt)?.nominalConcurrencyShares ?? NONE,
    },
    queuingColumn('Queues', 'How many queues.', ({ queues }) => queues),
    queuingColumn('HandSize', 'Of so many queues each flow has the shortest.', ({ handSize }) => handSize),
    queuingColumn(
      'QueueLengthLimit',
      'How many requests may wait in a queue.',
      ({ queueLengthLimit }) => queueLengthLimit,
    ),
    ageColumn,
  ],
};

function queuingColumn(
  name: string,
  description: string,
  value: (queuing: QueuingConfiguration) => number | undefined,
): Column<PriorityLevelConfiguration> {
  return {
    name,
    type: 'string',
    description,
    value: ({ spec }) => {
      const queuing = spec?.limited?.limitResponse?.queuing;
      return queuing === undefined ? NONE : (value(queuing) ?? 0);
    },
  };
}

function defaults(level: PriorityLevelConfiguration): PriorityLevelConfiguration {
  const { spec } = level;
  if (spec === undefined) return level;
  const { limited } = spec;
  const exempt = spec.type === 'Exempt' ? { exempt: exemptDefaults(spec.exempt) } : {};
  if (limited === undefined) return { ...level, spec: { ...spec, ...exempt } };
  return { ...level, spec: { ...spec, ...exempt, limited: limitedDefaults(limited) } };
}

function exemptDefaults(exempt: ExemptPriorityLevelConfiguration | undefined): ExemptPriorityLevelConfiguration {
  return { nominalConcurrencyShares: 0, lendablePercent: 0, ...exempt };
}

function limitedDefaults(limited: LimitedPriorityLevelConfiguration): LimitedPriorityLevelConfiguration {
  const queuing = limited.limitResponse?.queuing;
  return {
    nominalConcurrencyShares: DEFAULT_SHARES,
    lendablePercent: 0,
    ...limited,
    ...(limited.limitResponse === undefined || queuing === undefined
      ? {}
      : {
          limitResponse: {
            ...limited.limitResponse,
            queuing: {
              queues: orElse(queuing.queues, 64),
              handSize: orElse(queuing.handSize, 8),
              queueLengthLimit: orElse(queuing.queueLengthLimit, 50),
            },
          },
        }),
  };
}

/** A zero means that nothing was said. */
function orElse(value: number | undefined, otherwise: number): number {
  return value === undefined || value === 0 ? otherwise : value;
}

function validate(level: PriorityLevelConfiguration): readonly FieldError[] {
  const name = level.metadata.name ?? '';
  const { spec = {} } = sent(level);
  const fixed = mandatoryPriorityLevels.find(({ metadata }) => metadata.name === name);
  // How many seats the exempt ones lend is the only thing that may be chosen of them.
  const { exempt: _exempt, ...rest } = level.spec ?? { type: '' };
  const { exempt: _fixedExempt, ...fixedRest } = fixed?.spec ?? { type: '' };
  const isChanged = fixed !== undefined && !deepEqual(rest, fixedRest);
  return [
    ...validateSpec(name, spec),
    ...(isChanged ? [invalidValue('spec', spec, `spec of '${name}' must equal the fixed value`)] : []),
  ];
}

function validateSpec(
  name: string,
  { type = '', limited, exempt }: Sent<PriorityLevelConfigurationSpec>,
): readonly FieldError[] {
  const isMismatch = (name === 'exempt') !== (type === 'Exempt');
  const why = "type must be 'Exempt' if and only if name is 'exempt'";
  return [
    ...broken([isMismatch, invalidValue('spec.type', type, why)]),
    ...validateType(type, {
      ...(limited === undefined ? {} : { limited }),
      ...(exempt === undefined ? {} : { exempt }),
    }),
  ];
}

function validateType(
  type: string,
  { limited, exempt }: Pick<Sent<PriorityLevelConfigurationSpec>, 'limited' | 'exempt'>,
): readonly FieldError[] {
  switch (type) {
    case 'Exempt':
      return [
        ...broken([limited !== undefined, forbiddenField('spec.limited', 'must be nil if the type is not Limited')]),
        ...broken([
          (exempt?.nominalConcurrencyShares ?? 0) < 0,
          invalidValue(
            'spec.exempt.nominalConcurrencyShares',
            exempt?.nominalConcurrencyShares,
            'must be a non-negative integer',
          ),
        ]),
        ...within('spec.exempt.lendablePercent', exempt?.lendablePercent, [0, 100]),
      ];
    case 'Limited':
      return [
        ...broken([exempt !== undefined, forbiddenField('spec.exempt', 'must be nil if the type is Limited')]),
        ...(limited === undefined
          ? [required('spec.limited', 'must not be empty when type is Limited')]
          : validateLimited('spec.limited', limited)),
      ];
    default:
      return [notSupported('spec.type', type, ['Exempt', 'Limited'])];
  }
}

function validateLimited(field: string, limited: Sent<LimitedPriorityLevelConfiguration>): readonly FieldError[] {
  const { nominalConcurrencyShares = 0, limitResponse = {}, lendablePercent, borrowingLimitPercent } = limited;
  return [
    ...broken([
      nominalConcurrencyShares < 0,
      invalidValue(`${field}.nominalConcurrencyShares`, nominalConcurrencyShares, 'must be a non-negative integer'),
    ]),
    ...validateResponse(`${field}.limitResponse`, limitResponse),
    ...percent(`${field}.lendablePercent`, lendablePercent),
    ...broken([
      (borrowingLimitPercent ?? 0) < 0,
      invalidValue(
        `${field}.borrowingLimitPercent`,
        borrowingLimitPercent,
        'if specified, must be a non-negative integer',
      ),
    ]),
  ];
}

function percent(field: string, value: number | undefined): readonly FieldError[] {
  if (value === undefined || (value >= 0 && value <= 100)) return [];
  return [invalidValue(field, value, 'must be between 0 and 100, inclusive')];
}

function validateResponse(field: string, { type = '', queuing }: Sent<LimitResponse>): readonly FieldError[] {
  const where = `${field}.queuing`;
  switch (type) {
    case 'Reject':
      return broken([
        queuing !== undefined,
        forbiddenField(where, 'must be nil if limited.limitResponse.type is not Limited'),
      ]);
    case 'Queue':
      return queuing === undefined
        ? [required(where, 'must not be empty if limited.limitResponse.type is Limited')]
        : validateQueuing(where, queuing);
    default:
      return [notSupported(`${field}.type`, type, ['Queue', 'Reject'])];
  }
}

function validateQueuing(
  field: string,
  { queues = 0, handSize = 0, queueLengthLimit = 0 }: Sent<QueuingConfiguration>,
): readonly FieldError[] {
  // A hand is dealt by so many bits of a hash.
  const bits = Math.ceil(Math.log2(queues) * handSize);
  const where = `${field}.handSize`;
  return [
    ...broken(
      [queueLengthLimit <= 0, invalidValue(`${field}.queueLengthLimit`, queueLengthLimit, 'must be positive')],
      [queues <= 0, invalidValue(`${field}.queues`, queues, 'must be positive')],
      [queues > MAX_QUEUES, invalidValue(`${field}.queues`, queues, `must not be greater than ${MAX_QUEUES}`)],
      [handSize <= 0, invalidValue(where, handSize, 'must be positive')],
      [handSize > queues, invalidValue(where, handSize, `should not be greater than queues (${queues})`)],
      [
        queues > 0 && bits > MAX_HASH_BITS,
        invalidValue(
          where,
          handSize,
          `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_HASH_BITS}`,
        ),
      ],
    ),
  ];
}
