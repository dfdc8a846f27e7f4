import { at, changed, fieldsOf, isEmpty, type Fields } from './fields.ts';
import type { LegacyKind } from './legacy-kind.ts';

/** An empty selector meant no pods in v1beta1 and means all of them in v1; this key says the other thing in each. */
const KEY = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match';

const nothing = { matchExpressions: [{ key: KEY, operator: 'Exists' }] };
const everything = { matchExpressions: [{ key: KEY, operator: 'DoesNotExist' }] };

function withSelector(object: Fields, change: (selector: Fields) => Fields): Fields {
  if (at(object, 'spec', 'selector') === undefined) return object;
  return changed(object, 'spec', (spec) => ({ ...spec, selector: change(fieldsOf(spec['selector'])) }));
}

function isSame(selector: Fields, special: Fields): boolean {
  return JSON.stringify(selector) === JSON.stringify(special);
}

export const legacyDisruptionBudgets: readonly LegacyKind[] = [
  {
    apiVersion: 'policy/v1beta1',
    kind: 'PodDisruptionBudget',
    modern: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
    toModern: (object) =>
      withSelector(object, (selector) => (isEmpty(selector) ? nothing : isSame(selector, everything) ? {} : selector)),
    fromModern: (object) =>
      withSelector(object, (selector) => (isEmpty(selector) ? everything : isSame(selector, nothing) ? {} : selector)),
  },
];
