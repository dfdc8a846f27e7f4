import type { KubeObject } from '../../../src/apimachinery/index.ts';
import type { Container, Pod, PodSpec } from '../../../src/apis/index.ts';
import type { AdmissionRequest } from '../../../src/apiserver/index.ts';

export function isNewPod({ resource, subresource, operation }: AdmissionRequest): boolean {
  return resource.group === '' && resource.plural === 'pods' && subresource === undefined && operation === 'CREATE';
}

/** Made or changed as a whole. */
export function isWrittenPod({ resource, subresource, operation }: AdmissionRequest): boolean {
  const isWrite = operation === 'CREATE' || operation === 'UPDATE';
  return resource.group === '' && resource.plural === 'pods' && subresource === undefined && isWrite;
}

/** Its containers are to get more or less than they have. */
export function isResizedPod({ resource, subresource, operation }: AdmissionRequest): boolean {
  return resource.group === '' && resource.plural === 'pods' && subresource === 'resize' && operation === 'UPDATE';
}

/** The pod of a request that is about one. */
export function podOf(object: (KubeObject & Pick<Pod, 'spec'>) | undefined): Pod {
  if (object === undefined) throw new TypeError('a pod that is written is an object');
  // @NOTE those who ask handle nothing but pods.
  return object;
}

/** A client may leave them out, which is for validation to say. */
export function containersOf({ containers = [] }: Partial<PodSpec>): readonly Container[] {
  return containers;
}
