import { statusError, type KubeObject, type Resource } from '../apimachinery/index.ts';
import type { ReadSource, ResourceDefinition, Subresource } from '../apiserver/index.ts';

/** The definition with subresources that only its server can give: `pods/log`, `serviceaccounts/token`. */
export function withSubresources<T extends KubeObject>(
  definition: ResourceDefinition<T>,
  subresources: readonly Subresource<T>[],
): ResourceDefinition<T> {
  return { ...definition, subresources: [...(definition.subresources ?? []), ...subresources] };
}

type Answer<T extends KubeObject> = NonNullable<ResourceDefinition<T>['answer']>;

/** The definition of a kind that is asked and not stored, with who answers it. */
export function withAnswer<T extends KubeObject>(
  definition: ResourceDefinition<T>,
  answer: Answer<T>,
): ResourceDefinition<T> {
  return { ...definition, answer };
}

/** The definition of a kind that is read and not stored, with who knows it. */
export function withReads<T extends KubeObject>(
  definition: ResourceDefinition<T>,
  read: ReadSource<T>,
): ResourceDefinition<T> {
  return { ...definition, read };
}

/** Until `withReads` gives one: such a kind must never be stored. */
export function unread({ kind }: Pick<Resource, 'kind'>): ReadSource<never> {
  const unknown = () => Promise.reject(statusError(501, 'InternalError', `this server knows nothing of a ${kind}`));
  return { get: unknown, list: unknown };
}

/** Until `withAnswer` gives one: such a kind must never be stored. */
export function unanswered({ kind }: Pick<Resource, 'kind'>): () => Promise<never> {
  return () => Promise.reject(statusError(501, 'InternalError', `this server has no answer to a ${kind}`));
}
