import { deepEqual, invalidValue, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, labelsText, nameColumn, selectorColumn, templateColumns } from '../columns.ts';
import { templateDefaults } from '../core/pod-defaults.ts';
import { broken, immutable, nonNegative, oneOf } from '../field-rules.ts';
import type { DaemonSet, DaemonSetSpec, DaemonSetStatus, DaemonSetUpdateStrategy } from '../generated/wire-types.ts';
import { withStatusOf } from '../status-rules.ts';
import { isZero, notAboveHundredPercent, validIntOrPercent } from './rolling-update-validation.ts';
import { validateWorkload } from './template-validation.ts';

const count = (
  name: string,
  field:
    'desiredNumberScheduled' | 'currentNumberScheduled' | 'numberReady' | 'updatedNumberScheduled' | 'numberAvailable',
  description: string,
) =>
  ({
    name,
    type: 'integer',
    description,
    value: ({ status }: DaemonSet) => status?.[field] ?? 0,
  }) as const;

const NO_PODS: DaemonSetStatus = {
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
};

export const daemonSets: ResourceDefinition<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/apps/v1.DaemonSet',
  subresources: [{ type: 'status', name: 'status' }],
  strategy: {
    defaults,
    prepareForCreate: (object) => withTemplateGeneration({ ...object, status: NO_PODS }, 1),
    prepareForUpdate: (object, old) => withTemplateGeneration(withStatusOf(object, old), nextGeneration(object, old)),
    validate,
    validateUpdate: (object, old) => immutable('spec.selector', object.spec?.selector, old.spec?.selector),
  },
  columns: [
    nameColumn,
    count('Desired', 'desiredNumberScheduled', 'Nodes that should run a pod.'),
    count('Current', 'currentNumberScheduled', 'Nodes that have one.'),
    count('Ready', 'numberReady', 'Nodes whose pod is ready.'),
    count('Up-to-date', 'updatedNumberScheduled', 'Nodes with a pod of the present template.'),
    count('Available', 'numberAvailable', 'Nodes whose pod has been ready for long enough.'),
    {
      name: 'Node Selector',
      type: 'string',
      description: 'Which nodes.',
      value: ({ spec }) => labelsText(spec?.template.spec?.nodeSelector),
    },
    ageColumn,
    ...templateColumns<DaemonSet>(({ spec }) => spec?.template),
    selectorColumn(({ spec }) => spec?.selector),
  ],
};

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** Counted by the server, whatever a client says of it. */
function withTemplateGeneration(daemonSet: DaemonSet, generation: number): DaemonSet {
  const annotations = { ...daemonSet.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
  return { ...daemonSet, metadata: { ...daemonSet.metadata, annotations } };
}

function nextGeneration({ spec }: DaemonSet, old: DaemonSet): number {
  const generation = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0) || 0;
  return deepEqual(spec?.template, old.spec?.template) ? generation : generation + 1;
}

function defaults(daemonSet: DaemonSet): DaemonSet {
  const { spec } = daemonSet;
  if (spec === undefined) return daemonSet;
  return {
    ...daemonSet,
    spec: {
      revisionHistoryLimit: 10,
      ...spec,
      updateStrategy: strategyDefaults(spec.updateStrategy ?? {}),
      template: templateDefaults(spec.template),
    },
  };
}

function strategyDefaults(strategy: DaemonSetUpdateStrategy): DaemonSetUpdateStrategy {
  const { type = 'RollingUpdate', rollingUpdate } = strategy;
  if (type !== 'RollingUpdate') return { ...strategy, type };
  return { ...strategy, type, rollingUpdate: { maxUnavailable: 1, maxSurge: 0, ...rollingUpdate } };
}

function validate({ spec }: DaemonSet): readonly FieldError[] {
  const { selector, template, updateStrategy, minReadySeconds, revisionHistoryLimit }: Partial<DaemonSetSpec> =
    spec ?? {};
  return [
    ...validateWorkload({ noun: 'daemonSet', selector, template }),
    ...validateStrategy('spec.updateStrategy', updateStrategy ?? {}),
    ...nonNegative('spec.minReadySeconds', minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', revisionHistoryLimit),
  ];
}

function validateStrategy(field: string, { type, rollingUpdate }: DaemonSetUpdateStrategy): readonly FieldError[] {
  const errors = oneOf(`${field}.type`, type, ['OnDelete', 'RollingUpdate']);
  if (type !== 'RollingUpdate' || rollingUpdate === undefined) return errors;
  const { maxSurge, maxUnavailable } = rollingUpdate;
  const where = `${field}.rollingUpdate.maxUnavailable`;
  return [
    ...errors,
    ...validIntOrPercent(where, maxUnavailable),
    ...notAboveHundredPercent(where, maxUnavailable),
    ...validIntOrPercent(`${field}.rollingUpdate.maxSurge`, maxSurge),
    ...broken(
      [
        isZero(maxSurge) && isZero(maxUnavailable),
        invalidValue(where, maxUnavailable, 'cannot be 0 when maxSurge is 0'),
      ],
      [
        !isZero(maxSurge) && !isZero(maxUnavailable),
        invalidValue(`${field}.rollingUpdate.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'),
      ],
    ),
  ];
}
