import { deepEqual, forbiddenField, type FieldError } from '../../apimachinery/index.ts';
import type { Subresource } from '../../apiserver/index.ts';
import type { Container, Pod } from '../generated/wire-types.ts';
import { requestsFromLimits } from './container-defaults.ts';
import { validateEphemeralContainersUpdate } from './ephemeral-container-validation.ts';
import { podQosClass } from './pod-qos.ts';

/** Containers for looking into a pod that runs. */
export const podEphemeralContainers: Subresource<Pod> = {
  type: 'update',
  name: 'ephemeralcontainers',
  prepareForUpdate: ({ spec }, old) => {
    const { ephemeralContainers: _before, ...rest } = old.spec ?? { containers: [] };
    const added = spec?.ephemeralContainers;
    return { ...old, spec: { ...rest, ...(added === undefined ? {} : { ephemeralContainers: added }) } };
  },
  validateUpdate: validateEphemeralContainersUpdate,
};

/** More or less CPU and memory for containers that run. */
export const podResize: Subresource<Pod> = {
  type: 'update',
  name: 'resize',
  prepareForUpdate: (pod, old) => {
    const { spec } = old;
    if (spec === undefined) return old;
    const { initContainers } = spec;
    return {
      ...old,
      spec: {
        ...spec,
        containers: withResourcesOf(spec.containers, pod.spec?.containers ?? []),
        ...(initContainers === undefined
          ? {}
          : { initContainers: withResourcesOf(initContainers, pod.spec?.initContainers ?? []) }),
      },
    };
  },
  validateUpdate: validateResize,
};

function withResourcesOf(containers: readonly Container[], wanted: readonly Container[]): readonly Container[] {
  return containers.map((container) => {
    const next = wanted.find(({ name }) => name === container.name);
    if (next === undefined) return container;
    const { resources, resizePolicy } = next;
    return requestsFromLimits({
      ...container,
      ...(resources === undefined ? {} : { resources }),
      ...(resizePolicy === undefined ? {} : { resizePolicy }),
    });
  });
}

function validateResize(pod: Pod, old: Pod): readonly FieldError[] {
  const before = [...(old.spec?.initContainers ?? []), ...(old.spec?.containers ?? [])];
  const after = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const isOther = after.some(
    (container, index) => !deepEqual(otherResources(container), otherResources(before[index] ?? container)),
  );
  return [
    ...(podQosClass(pod) === podQosClass(old)
      ? []
      : [forbiddenField('spec', 'Pod QOS Class may not change as a result of resizing')]),
    ...(isOther ? [forbiddenField('spec', 'only cpu and memory resources are mutable')] : []),
  ];
}

/** All that a container asks for beside what may be resized. */
function otherResources({ resources = {} }: Container): object {
  const { limits = {}, requests = {}, ...others } = resources;
  const fixed = (amounts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(amounts).filter(([name]) => name !== 'cpu' && name !== 'memory'));
  return { ...others, limits: fixed(limits), requests: fixed(requests) };
}
