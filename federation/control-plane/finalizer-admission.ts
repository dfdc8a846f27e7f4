import { groupResource, withFinalizer, type KubeObject } from '../../src/apimachinery/index.ts';
import type { AdmissionPlugin } from '../../src/apiserver/index.ts';
import { finalizers } from '../apis/index.ts';
import { forEachFederatedType, isCopied } from '../sync/index.ts';

/**
 * What will be copied gets the finalizers that ask what shall become of its copies as it is made, which saves the engine a
 * write for each object. It adds them where they are missing, as on custom resources, and on autoscalers once it is known who
 * acts on them.
 */
export function finalizerAdmission(): AdmissionPlugin {
  const kinds = new Map<string, (object: KubeObject) => boolean>();
  forEachFederatedType((type) => {
    // @NOTE the name is that of the resource, and a resource names the type of its objects.
    kinds.set(groupResource(type.resource), (object) =>
      isCopied(type, object as Parameters<typeof type.toMember>[0], { isScaledHere: () => true }),
    );
  });
  return {
    name: 'FederationFinalizers',
    handles: ({ operation, resource, subresource }) =>
      operation === 'CREATE' && subresource === undefined && kinds.has(groupResource(resource)),
    mutate: async ({ resource, object }) => {
      if (object === undefined) throw new TypeError('a create has an object');
      if (kinds.get(groupResource(resource))?.(object) !== true) return object;
      return withFinalizer(withFinalizer(object, finalizers.deleteFromUnderlyingClusters), finalizers.orphan);
    },
  };
}
