import { at, changed, fieldsOf, isEmpty, numberText, present, without, type Fields } from './fields.ts';
import { renamed, type LegacyKind } from './legacy-kind.ts';

/** How extensions/v1beta1 said "no limit". */
const UNLIMITED = 2 ** 31 - 1;
const ROLLBACK = 'deprecated.deployment.rollback.rollbackTo';
const GENERATION = 'deprecated.daemonset.template.generation';

/** Versions that took the labels of the pods for the selector, and for the labels of the object itself. */
function withLabelsOfTemplate(object: Fields): Fields {
  const labels = at(object, 'spec', 'template', 'metadata', 'labels');
  if (isEmpty(labels)) return object;
  const labelled = isEmpty(at(object, 'metadata', 'labels'))
    ? { ...object, metadata: { ...fieldsOf(object['metadata']), labels } }
    : object;
  return changed(labelled, 'spec', (spec) =>
    isEmpty(spec['selector']) ? { ...spec, selector: { matchLabels: labels } } : spec,
  );
}

interface DeploymentDefaults {
  readonly share: number | string;
  readonly revisions: number;
  readonly deadline: number;
}

function deploymentToModern({ share, revisions, deadline }: DeploymentDefaults): (object: Fields) => Fields {
  return (object) => {
    const { rollbackTo, ...spec } = fieldsOf(object['spec']);
    const strategy = { type: 'RollingUpdate', ...present(fieldsOf(spec['strategy'])) };
    const rollingUpdate = { maxUnavailable: share, maxSurge: share, ...fieldsOf(at(strategy, 'rollingUpdate')) };
    const next = {
      ...object,
      spec: {
        revisionHistoryLimit: revisions,
        progressDeadlineSeconds: deadline,
        ...present(spec),
        strategy: strategy.type === 'RollingUpdate' ? { ...strategy, rollingUpdate } : strategy,
      },
    };
    const revision = rollbackTo === undefined ? undefined : (at(rollbackTo, 'revision') ?? 0);
    return withLabelsOfTemplate(revision === undefined ? next : withAnnotation(next, ROLLBACK, numberText(revision)));
  };
}

function deploymentFromModern(object: Fields): Fields {
  const revision = at(object, 'metadata', 'annotations', ROLLBACK);
  if (revision === undefined) return object;
  return changed(withoutAnnotation(object, ROLLBACK), 'spec', (spec) => ({
    ...spec,
    rollbackTo: { revision: Number(revision) },
  }));
}

function daemonSetToModern(object: Fields): Fields {
  const { templateGeneration, ...spec } = fieldsOf(object['spec']);
  const next = {
    ...object,
    spec: { ...spec, updateStrategy: { type: 'OnDelete', ...fieldsOf(spec['updateStrategy']) } },
  };
  return withLabelsOfTemplate(
    templateGeneration === undefined ? next : withAnnotation(next, GENERATION, numberText(templateGeneration)),
  );
}

function daemonSetFromModern(object: Fields): Fields {
  const generation = at(object, 'metadata', 'annotations', GENERATION);
  if (generation === undefined) return object;
  return changed(withoutAnnotation(object, GENERATION), 'spec', (spec) => ({
    ...spec,
    templateGeneration: Number(generation),
  }));
}

function statefulSetToModern(object: Fields): Fields {
  return withLabelsOfTemplate(
    changed(object, 'spec', (spec) => ({
      ...spec,
      updateStrategy: { type: 'OnDelete', ...fieldsOf(spec['updateStrategy']) },
    })),
  );
}

/** It asked for the opposite: whether a selector shall be made. Such jobs take the labels of their pods otherwise. */
function jobToModern(object: Fields): Fields {
  const { autoSelector, ...spec } = fieldsOf(object['spec']);
  if (autoSelector === true) return { ...object, spec };
  return withLabelsOfTemplate({ ...object, spec: { ...spec, manualSelector: true } });
}

function jobFromModern(object: Fields): Fields {
  return changed(object, 'spec', ({ manualSelector, ...spec }) =>
    manualSelector === true ? spec : { ...spec, autoSelector: true },
  );
}

function withAnnotation(object: Fields, key: string, value: string): Fields {
  const metadata = fieldsOf(object['metadata']);
  return { ...object, metadata: { ...metadata, annotations: { ...fieldsOf(metadata['annotations']), [key]: value } } };
}

function withoutAnnotation(object: Fields, key: string): Fields {
  return changed(object, 'metadata', (metadata) => {
    const annotations = without(fieldsOf(metadata['annotations']), key);
    return isEmpty(annotations) ? without(metadata, 'annotations') : { ...metadata, annotations };
  });
}

/** The selector of a Scale was a map, and later a text beside it. */
function scaleToModern(object: Fields): Fields {
  return changed(object, 'status', ({ selector, targetSelector, ...status }) => {
    const pairs = Object.entries(fieldsOf(selector)).map(([key, value]) => `${key}=${String(value)}`);
    const text = targetSelector ?? (pairs.length === 0 ? undefined : pairs.join(','));
    return text === undefined ? status : { ...status, selector: text };
  });
}

function scaleFromModern(object: Fields): Fields {
  return changed(object, 'status', ({ selector, ...status }) =>
    selector === undefined ? status : { ...status, targetSelector: selector },
  );
}

const V1 = 'apps/v1';

function scale(apiVersion: string): LegacyKind {
  const modern = { apiVersion: 'autoscaling/v1', kind: 'Scale' };
  return { apiVersion, kind: 'Scale', modern, toModern: scaleToModern, fromModern: scaleFromModern };
}

function deployment(apiVersion: string, defaults: DeploymentDefaults): LegacyKind {
  const modern = { apiVersion: V1, kind: 'Deployment' };
  const toModern = deploymentToModern(defaults);
  return { apiVersion, kind: 'Deployment', modern, toModern, fromModern: deploymentFromModern };
}

function statefulSet(apiVersion: string, kind: string): LegacyKind {
  const modern = { apiVersion: V1, kind: 'StatefulSet' };
  return { apiVersion, kind, modern, toModern: statefulSetToModern, fromModern: (object) => object };
}

export const legacyWorkloads: readonly LegacyKind[] = [
  deployment('extensions/v1beta1', { share: 1, revisions: UNLIMITED, deadline: UNLIMITED }),
  {
    apiVersion: 'extensions/v1beta1',
    kind: 'ReplicaSet',
    modern: { apiVersion: V1, kind: 'ReplicaSet' },
    toModern: withLabelsOfTemplate,
    fromModern: (object) => object,
  },
  {
    apiVersion: 'extensions/v1beta1',
    kind: 'DaemonSet',
    modern: { apiVersion: V1, kind: 'DaemonSet' },
    toModern: daemonSetToModern,
    fromModern: daemonSetFromModern,
  },
  {
    apiVersion: 'extensions/v1beta1',
    kind: 'Job',
    modern: { apiVersion: 'batch/v1', kind: 'Job' },
    toModern: jobToModern,
    fromModern: jobFromModern,
  },
  scale('extensions/v1beta1'),
  deployment('apps/v1beta1', { share: '25%', revisions: 2, deadline: 600 }),
  statefulSet('apps/v1beta1', 'StatefulSet'),
  scale('apps/v1beta1'),
  ...renamed('apps/v1beta1', V1, ['ControllerRevision']),
  statefulSet('apps/v1alpha1', 'PetSet'),
  ...renamed('apps/v1beta2', V1, ['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'ControllerRevision']),
  scale('apps/v1beta2'),
];
