import type { Container as AnyContainer, Pod, PodSpec as AnyPodSpec } from '../../../../src/apis/index.ts';

export type ObjectMeta = Pod['metadata'];
export type PodSpec = AnyPodSpec;
/** Also an ephemeral one. */
export type Container = Pick<
  AnyContainer,
  'name' | 'image' | 'securityContext' | 'ports' | 'livenessProbe' | 'readinessProbe' | 'startupProbe' | 'lifecycle'
>;
