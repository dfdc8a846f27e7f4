import { labelSelectorOf, matchesLabels, type Selector } from '../../../src/apimachinery/index.ts';
import type { Pod, PodAffinityTerm } from '../../../src/apis/index.ts';
import type { Snapshot } from '../framework.ts';

/** An affinity term of `owner`, ready to be held against pods. */
export interface Term {
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector | undefined;
}

export function termsOf({ metadata }: Pod, terms: readonly PodAffinityTerm[] | undefined): readonly Term[] {
  return (terms ?? []).map(({ topologyKey, labelSelector, namespaces = [], namespaceSelector, ...keys }) => {
    const labelRules = (names: readonly string[] | undefined, operator: 'in' | 'notin') =>
      (names ?? []).flatMap((key): Selector => {
        const value = metadata.labels?.[key];
        return value === undefined ? [] : [{ key, operator, values: [value] }];
      });
    const own = namespaces.length === 0 && namespaceSelector === undefined ? [metadata.namespace ?? ''] : namespaces;
    return {
      topologyKey,
      selector: [
        ...labelSelectorOf(labelSelector),
        ...labelRules(keys.matchLabelKeys, 'in'),
        ...labelRules(keys.mismatchLabelKeys, 'notin'),
      ],
      namespaces: new Set(own),
      namespaceSelector: namespaceSelector === undefined ? undefined : labelSelectorOf(namespaceSelector),
    };
  });
}

export function matchesTerm(
  { selector, namespaces, namespaceSelector }: Term,
  { metadata }: Pod,
  snapshot: Snapshot,
): boolean {
  if (!matchesLabels(selector, metadata.labels)) return false;
  const namespace = metadata.namespace ?? '';
  if (namespaces.has(namespace)) return true;
  return namespaceSelector !== undefined && matchesLabels(namespaceSelector, snapshot.namespaceLabels(namespace));
}
