import { formatSelector, labelSelectorOf, type LabelSelector } from '../../apimachinery/index.ts';
import type { KubeObject } from '../../apimachinery/index.ts';
import type { Subresource } from '../../apiserver/index.ts';

interface Scalable extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector };
  readonly status?: { readonly replicas?: number };
}

/** `scale` of a workload that keeps `spec.replicas` pods found by a label selector. */
export function scaleSubresource<T extends Scalable>(): Subresource<T> {
  return {
    type: 'scale',
    name: 'scale',
    read: ({ spec, status }) => ({
      specReplicas: spec?.replicas ?? 0,
      statusReplicas: status?.replicas ?? 0,
      selector: spec?.selector === undefined ? '' : formatSelector(labelSelectorOf(spec.selector)),
    }),
    write: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
  };
}
