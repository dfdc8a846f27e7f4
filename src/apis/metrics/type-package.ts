import type { TypePackage } from '../type-package.ts';

/** The generator's sources lack this package of `k8s.io/metrics`; in the form that the generator writes. */
export const metricsPackage: TypePackage = {
  path: 'k8s.io/metrics/pkg/apis/metrics/v1beta1',
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  types: {
    ContainerMetrics: 'name 1 s r;usage 2 {Q r',
    NodeMetrics: '!metadata 1 meta.ObjectMeta;timestamp 2 T r;window 3 D r;usage 4 {Q r',
    NodeMetricsList: '!metadata 1 meta.ListMeta;items 2 [.NodeMetrics r',
    PodMetrics:
      '!metadata 1 meta.ObjectMeta;timestamp 2 T r;window 3 D r;' + 'containers 4 [.ContainerMetrics r s=merge K=name',
    PodMetricsList: '!metadata 1 meta.ListMeta;items 2 [.PodMetrics r',
  },
};
