import { deepEqual, forbidden, isNotFound, type StatusError } from '../../../src/apimachinery/index.ts';
import { runtimeClasses, type Pod, type PodSpec, type RuntimeClass } from '../../../src/apis/index.ts';
import type { AdmissionPlugin } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { isNewPod, podOf } from './new-pod.ts';

/** Pods take on what their runtime costs and where it is; one that does not exist runs nothing. */
export function runtimeClass(own: Pick<Client, 'get'>): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    handles: (request) => isNewPod(request) && concerns(podOf(request.object)),
    async mutate({ object, resource }, signal) {
      const pod = podOf(object);
      const refuse = (why: string) => forbidden(resource, pod.metadata.name ?? '', why);
      const name = pod.spec?.runtimeClassName ?? '';
      if (pod.spec === undefined) return pod;
      const found = name === '' ? undefined : await classOf(own, name, signal);
      if (name !== '' && found === undefined) throw refuse(`pod rejected: RuntimeClass "${name}" not found`);
      return { ...pod, spec: withScheduling(withOverhead(pod.spec, found, refuse), found, refuse) };
    },
  };
}

function concerns({ spec }: Pod): boolean {
  return (spec?.runtimeClassName ?? '') !== '' || spec?.overhead !== undefined;
}

async function classOf(own: Pick<Client, 'get'>, name: string, signal: AbortSignal): Promise<RuntimeClass | undefined> {
  return own.get(runtimeClasses, { name }, { signal }).catch((err: unknown) => {
    if (isNotFound(err)) return undefined;
    throw err;
  });
}

function withOverhead(spec: PodSpec, found: RuntimeClass | undefined, refuse: (why: string) => StatusError): PodSpec {
  const wanted = found?.overhead?.podFixed ?? {};
  const { overhead = {} } = spec;
  if (Object.keys(wanted).length === 0) {
    if (Object.keys(overhead).length === 0) return spec;
    throw refuse('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
  }
  if (Object.keys(overhead).length > 0 && !deepEqual(overhead, wanted)) {
    throw refuse("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }
  return { ...spec, overhead: wanted };
}

function withScheduling(spec: PodSpec, found: RuntimeClass | undefined, refuse: (why: string) => StatusError): PodSpec {
  const { nodeSelector = {}, tolerations = [] } = found?.scheduling ?? {};
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key] ?? value;
    if (own === value) continue;
    throw refuse(
      `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
    );
  }
  const present = spec.tolerations ?? [];
  const added = tolerations.filter((toleration) => !present.some((other) => deepEqual(other, toleration)));
  return {
    ...spec,
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector: { ...spec.nodeSelector, ...nodeSelector } }),
    ...(added.length === 0 ? {} : { tolerations: [...present, ...added] }),
  };
}
