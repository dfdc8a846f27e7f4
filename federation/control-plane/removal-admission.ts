import { forbidden, groupResource, hasFinalizer, type Resource } from '../../src/apimachinery/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../src/apiserver/index.ts';
import type { Client } from '../../src/client/index.ts';
import { annotations, clusters, finalizers } from '../apis/index.ts';
import { defaultBlastRadius, forEachFederatedType, type BlastRadius } from '../sync/index.ts';

export interface RemovalAdmissionDeps {
  readonly own: Client;
  /** What the federation's API serves at present. */
  readonly resources: () => readonly Resource[];
  readonly limits: BlastRadius | undefined;
}

const CONTAINERS: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition']);

/**
 * Deleting a namespace or a definition takes everything in it along, in every member. Where that is most of what the
 * federation has, the object to be deleted has to say that it is meant.
 */
export function removalAdmission({
  own,
  resources,
  limits = defaultBlastRadius,
}: RemovalAdmissionDeps): AdmissionPlugin {
  const tables: Resource[] = [];
  forEachFederatedType(({ resource }) => {
    if (resource.kind !== 'Namespace') tables.push(resource);
  });
  const objects = async (of: readonly Resource[], signal: AbortSignal, namespace?: string) => {
    let count = 0;
    for (const resource of of) {
      const { items } = await own.list(resource, { signal, ...(namespace === undefined ? {} : { namespace }) });
      count += items.filter((object) => hasFinalizer(object, finalizers.deleteFromUnderlyingClusters)).length;
    }
    return count;
  };
  const contentOf = ({ resource, name }: AdmissionRequest, signal: AbortSignal) => {
    if (resource.kind !== 'Namespace') {
      return objects(
        resources().filter((custom) => groupResource(custom) === name),
        signal,
      );
    }
    return objects(
      tables.filter(({ namespaced }) => namespaced),
      signal,
      name,
    );
  };
  return {
    name: 'RemovalConfirmation',
    handles: ({ operation, resource, subresource }) =>
      operation === 'DELETE' && subresource === undefined && CONTAINERS.has(resource.kind),
    validate: async (request, signal) => {
      const { resource, name, oldObject } = request;
      const { annotations: said, deletionTimestamp } = oldObject?.metadata ?? {};
      if (said?.[annotations.confirm] === 'true' || deletionTimestamp !== undefined) return;
      const members = (await own.list(clusters, { signal })).items.length;
      const going = await contentOf(request, signal);
      if (going * members < limits.copies) return;
      const all = Math.max(going, await objects(tables, signal));
      if (going <= limits.share * all) return;
      const why = `with it ${going} of the federation's ${all} objects would go from ${members} clusters; annotate it with ${annotations.confirm}=true if that is meant`;
      throw forbidden(resource, name, why);
    },
  };
}
