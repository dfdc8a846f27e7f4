import { controllerReferenceTo } from '../../../src/apimachinery/index.ts';
import type { Container, Pod, PodSpec } from '../../../src/apis/index.ts';
import type { NewObject } from '../../../src/client/index.ts';
import { nameOf } from '../ownership.ts';
import { COMPLETION_INDEX, TRACKING } from './job-pods.ts';
import type { JobView } from './job-view.ts';
import { failureCounts } from './per-index.ts';

/** With five random characters behind it, what still is a host name. */
const LONGEST_PREFIX = 58;

const INDEX_VARIABLE = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } },
};

export function podOfJob({ job, spec, indexes }: JobView, index: number | undefined): NewObject<Pod> {
  const { metadata = {}, spec: podSpec } = spec.template;
  const { namespace } = job.metadata;
  const common = {
    ...(namespace === undefined ? {} : { namespace }),
    finalizers: [...(metadata.finalizers ?? []).filter((name) => name !== TRACKING), TRACKING],
    ownerReferences: [controllerReferenceTo(job)],
  };
  if (index === undefined) {
    const { labels = {}, annotations = {} } = metadata;
    return {
      metadata: { generateName: `${nameOf(job)}-`, ...common, labels, annotations },
      ...(podSpec === undefined ? {} : { spec: podSpec }),
    };
  }
  const counts = spec.backoffLimitPerIndex === undefined ? {} : failureCounts(indexes?.replaceable.get(index), spec);
  const indexed = { [COMPLETION_INDEX]: String(index) };
  return {
    metadata: {
      generateName: indexedPrefix(nameOf(job), index),
      ...common,
      labels: { ...metadata.labels, ...indexed },
      annotations: { ...metadata.annotations, ...indexed, ...counts },
    },
    ...(podSpec === undefined ? {} : { spec: withIndex(podSpec, nameOf(job), index) }),
  };
}

function indexedPrefix(name: string, index: number): string {
  const suffix = `-${index}-`;
  return name.slice(0, LONGEST_PREFIX - suffix.length) + suffix;
}

function withIndex(template: PodSpec, name: string, index: number): PodSpec {
  const { initContainers } = template;
  return {
    ...template,
    hostname: `${name}-${index}`,
    containers: template.containers.map(withIndexVariable),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withIndexVariable) }),
  };
}

function withIndexVariable(container: Container): Container {
  const { env = [] } = container;
  if (env.some(({ name }) => name === INDEX_VARIABLE.name)) return container;
  return { ...container, env: [...env, INDEX_VARIABLE] };
}
