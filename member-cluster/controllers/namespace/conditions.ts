import { groupResource, type KubeObject, type Resource } from '../../../src/apimachinery/index.ts';

/** What is left of a resource in a namespace after its deletion was asked for. */
export interface Remains {
  readonly resource: Resource;
  readonly objects: readonly KubeObject[];
  /** Why the deletion was refused. */
  readonly failure?: string;
}

interface ConditionState {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** What keeps a namespace from going, in the conditions of a Namespace. */
export function contentConditions(remains: readonly Remains[]): readonly ConditionState[] {
  const failures = remains.flatMap(({ failure }) => failure ?? []);
  const counts = remains
    .filter(({ objects }) => objects.length > 0)
    .map(({ resource, objects }) => `${groupResource(resource)}. has ${objects.length} resource instances`);
  const finalizers = Map.groupBy(
    remains.flatMap(({ objects }) => objects.flatMap(({ metadata }) => metadata.finalizers ?? [])),
    (finalizer) => finalizer,
  );
  const held = [...finalizers].map(([name, uses]) => `${name} in ${uses.length} resource instances`).sort();
  return [
    state('NamespaceDeletionDiscoveryFailure', '', 'ResourcesDiscovered', 'All resources successfully discovered'),
    state(
      'NamespaceDeletionGroupVersionParsingFailure',
      '',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    failures.length === 0
      ? state(
          'NamespaceDeletionContentFailure',
          '',
          'ContentDeleted',
          'All content successfully deleted, may be waiting on finalization',
        )
      : state('NamespaceDeletionContentFailure', 'ContentDeletionFailed', '', failures.join('; ')),
    counts.length === 0
      ? state('NamespaceContentRemaining', '', 'ContentRemoved', 'All content successfully removed')
      : state(
          'NamespaceContentRemaining',
          'SomeResourcesRemain',
          '',
          `Some resources are remaining: ${counts.join(', ')}`,
        ),
    held.length === 0
      ? state(
          'NamespaceFinalizersRemaining',
          '',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        )
      : state(
          'NamespaceFinalizersRemaining',
          'SomeFinalizersRemain',
          '',
          `Some content in the namespace has finalizers remaining: ${held.join(', ')}`,
        ),
  ];
}

function state(type: string, trueReason: string, falseReason: string, message: string): ConditionState {
  return trueReason === ''
    ? { type, status: 'False', reason: falseReason, message }
    : { type, status: 'True', reason: trueReason, message };
}
