import { forbidden, isNotFound, type KubeObject, type StatusError } from '../../../src/apimachinery/index.ts';
import {
  priorityClasses,
  systemPriorityClasses,
  type Pod,
  type PodSpec,
  type PriorityClass,
} from '../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { KnownObjects } from './known-objects.ts';
import { isNewPod, isWrittenPod, podOf } from './new-pod.ts';

export interface PriorityDeps {
  readonly classes: KnownObjects<PriorityClass>;
  /** Asked for classes that are not known yet. */
  readonly own: Pick<Client, 'get'>;
}

/** The number behind a pod's priority class; and there is one class at most for pods that name none. */
export function priority(deps: PriorityDeps): AdmissionPlugin {
  return {
    name: 'Priority',
    handles: (request) => isWrittenPod(request) || isWrittenClass(request),
    async mutate(request, signal) {
      const { object, oldObject } = request;
      if (object === undefined) throw new TypeError('a write has an object');
      if (isNewPod(request)) return withPriority(deps, request, signal);
      return isWrittenPod(request) ? withPriorityOf(podOf(oldObject), podOf(object)) : object;
    },
    async validate(request, signal) {
      if (isWrittenClass(request)) await checkDefault(deps, request, signal);
    },
  };
}

function isWrittenClass({ resource, operation }: AdmissionRequest): boolean {
  return resource.group === 'scheduling.k8s.io' && resource.plural === 'priorityclasses' && operation !== 'DELETE';
}

/** What was found for a pod when it was made stays, also where a change does not say it. */
function withPriorityOf({ spec: old }: Pod, pod: Pod): Pod {
  const { spec } = pod;
  if (spec === undefined) return pod;
  const { priority: value = old?.priority, preemptionPolicy = old?.preemptionPolicy } = spec;
  return {
    ...pod,
    spec: {
      ...spec,
      ...(value === undefined ? {} : { priority: value }),
      ...(preemptionPolicy === undefined ? {} : { preemptionPolicy }),
    },
  };
}

async function withPriority(deps: PriorityDeps, { object, resource }: AdmissionRequest, signal: AbortSignal) {
  const pod = podOf(object);
  if (pod.spec === undefined) return pod;
  const { name = '' } = pod.metadata;
  const priorityClass = await classOf(deps, pod, signal);
  if (priorityClass === undefined) {
    throw forbidden(resource, name, `no PriorityClass with name ${pod.spec.priorityClassName ?? ''} was found`);
  }
  checkSent(pod.spec, priorityClass, (why) => forbidden(resource, name, why));
  const { value = 0, preemptionPolicy = DEFAULT_POLICY, metadata } = priorityClass;
  const { name: priorityClassName = '' } = metadata;
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(priorityClassName === '' ? {} : { priorityClassName }),
      priority: value,
      preemptionPolicy,
    },
  };
}

/** A pod may say itself what its class says, and nothing else. */
function checkSent(sent: PodSpec, priorityClass: Level, refuse: (why: string) => StatusError): void {
  const { value = 0, preemptionPolicy = DEFAULT_POLICY } = priorityClass;
  if (sent.priority !== undefined && sent.priority !== value) {
    throw refuse(computed(`integer value of priority (${sent.priority})`, value));
  }
  if (sent.preemptionPolicy !== undefined && sent.preemptionPolicy !== preemptionPolicy) {
    throw refuse(computed(`string value of PreemptionPolicy (${sent.preemptionPolicy})`, preemptionPolicy));
  }
}

function computed(what: string, value: number | string): string {
  return `the ${what} must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
}

type Level = Pick<PriorityClass, 'metadata' | 'value' | 'preemptionPolicy'>;

const DEFAULT_POLICY = 'PreemptLowerPriority';
const NO_CLASS: Level = { metadata: {}, value: 0, preemptionPolicy: DEFAULT_POLICY };

async function classOf({ classes, own }: PriorityDeps, { spec }: Pod, signal: AbortSignal): Promise<Level | undefined> {
  const name = spec?.priorityClassName ?? '';
  const known = await classes(signal);
  if (name === '') return defaultOf(known.list()) ?? NO_CLASS;
  const found = known.get(name) ?? systemPriorityClasses.find(({ metadata }) => metadata.name === name);
  if (found !== undefined) return found;
  return own.get(priorityClasses, { name }, { signal }).catch((err: unknown) => {
    if (isNotFound(err)) return undefined;
    throw err;
  });
}

/** Of several, which only a race can make, the lowest. */
function defaultOf(classes: readonly PriorityClass[]): PriorityClass | undefined {
  return classes
    .filter(({ globalDefault }) => globalDefault === true)
    .toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
}

async function checkDefault(
  { classes }: PriorityDeps,
  { object, resource, name }: AdmissionRequest,
  signal: AbortSignal,
): Promise<void> {
  const written: (KubeObject & Pick<PriorityClass, 'globalDefault'>) | undefined = object;
  if (written?.globalDefault !== true) return;
  const present = defaultOf((await classes(signal)).list())?.metadata.name;
  if (present === undefined || present === written.metadata.name) return;
  throw forbidden(resource, name, `PriorityClass ${present} is already marked as default. Only one default can exist`);
}
