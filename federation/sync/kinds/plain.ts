import type { KubeObject, Resource } from '../../../src/apimachinery/index.ts';
import type { FederatedType } from '../federated-type.ts';
import { hasAll } from '../owned-fields.ts';
import { isInSystemNamespace } from './propagation.ts';

/** A kind of which every selected cluster has the whole, but for what the cluster itself says of it. */
export function plain<T extends KubeObject>(
  resource: Resource<T>,
  facts: Partial<FederatedType<T>> & Pick<FederatedType<T>, 'rank'>,
): FederatedType<T> {
  return {
    resource,
    stays: isInSystemNamespace,
    toMember: (object) => withoutStatus(object),
    equivalent: (desired, member) => hasAll(contentOf(member), contentOf(desired)),
    ...facts,
  };
}

export function withoutStatus<T extends KubeObject>(object: T): T {
  const copy: T & { status?: unknown } = { ...object };
  delete copy.status;
  return copy;
}

/** All but what names it and what is said of its copies. */
function contentOf(object: KubeObject): Readonly<Record<string, unknown>> {
  const own = new Set(['apiVersion', 'kind', 'metadata', 'status']);
  return Object.fromEntries(Object.entries(object).filter(([field]) => !own.has(field)));
}
