import type { KubeObject } from '../../../src/apimachinery/index.ts';
import type { Container, Pod, PodSpec } from '../../../src/apis/index.ts';
import type { AdmissionRequest } from '../../../src/apiserver/index.ts';

export function isNewPod({ resource, subresource, operation }: AdmissionRequest): boolean {
  return resource.group === '' && resource.plural === 'pods' && subresource === undefined && operation === 'CREATE';
}

/** The pod of a request that `isNewPod`. */
export function podOf(object: (KubeObject & Pick<Pod, 'spec'>) | undefined): Pod {
  if (object === undefined) throw new TypeError('a new pod has an object');
  // @NOTE those who ask handle nothing but pods.
  return object;
}

/** A client may leave them out, which is for validation to say. */
export function containersOf({ containers = [] }: Partial<PodSpec>): readonly Container[] {
  return containers;
}
