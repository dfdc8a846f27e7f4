import { expect, it } from 'vitest';
import type { Cluster } from '../apis/index.ts';
import { clusterSelectorOf } from './cluster-selector.ts';

const cluster = (labels: Record<string, string>): Cluster => ({
  apiVersion: 'federation/v1beta1',
  kind: 'Cluster',
  metadata: { name: 'c', labels },
});
const asking = (value?: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: value === undefined ? {} : { annotations: { 'federation.alpha.kubernetes.io/cluster-selector': value } },
});
function matches(requirements: unknown, labels: Record<string, string>): boolean | string {
  const selector = clusterSelectorOf(asking(JSON.stringify(requirements)));
  return selector.ok ? selector.matches(cluster(labels)) : selector.problem;
}

it('selects every cluster without the annotation, or with an empty list', () => {
  const selector = clusterSelectorOf(asking());
  expect(selector.ok && selector.matches(cluster({}))).toBe(true);
  expect(matches([], { a: '1' })).toBe(true);
});

it('keeps what is marked as the control plane’s own at home', () => {
  const selector = clusterSelectorOf(asking('federation.kubernetes.io/federation-control-plane=true'));
  expect(selector.ok && selector.matches(cluster({}))).toBe(false);
});

it.each([
  ['in', ['x', 'y'], { k: 'y' }, true],
  ['In', ['x'], { k: 'y' }, false],
  ['notin', ['x'], {}, true],
  ['NotIn', ['x'], { k: 'x' }, false],
  ['=', ['x'], { k: 'x' }, true],
  ['==', ['x'], { k: 'z' }, false],
  ['!=', ['x'], {}, true],
  ['exists', [], { k: '' }, true],
  ['Exists', [], {}, false],
  ['!', [], {}, true],
  ['DoesNotExist', [], { k: 'x' }, false],
  ['gt', ['5'], { k: '6' }, true],
  ['Gt', ['5'], { k: '5' }, false],
  ['>', ['5'], {}, false],
  ['lt', ['5'], { k: '4' }, true],
  ['<', ['5'], { k: 'x' }, false],
])('%s %j of %j: %s', (operator, values, labels, expected) => {
  expect(matches([{ key: 'k', operator, values }], labels as Record<string, string>)).toBe(expected);
});

it('wants all requirements', () => {
  const both = [
    { key: 'a', operator: 'exists' },
    { key: 'b', operator: '=', values: ['1'] },
  ];
  expect(matches(both, { a: '', b: '1' })).toBe(true);
  expect(matches(both, { a: '' })).toBe(false);
});

it.each([
  ['{"key":"a"}', /must be a list/],
  ['not json', /JSON/],
  ['[1]', /must be an object/],
  ['[{"key":"a"}]', /needs a key/],
  ['[{"key":"a","operator":"like","values":["b"]}]', /not a valid operator/],
  ['[{"key":"a","operator":"in"}]', /at least one value/],
  ['[{"key":"a","operator":"=","values":["b","c"]}]', /exactly one value/],
  ['[{"key":"a","operator":"exists","values":["b"]}]', /no values/],
  ['[{"key":"a","operator":"gt","values":["b"]}]', /whole number/],
  ['[{"key":"-a","operator":"exists"}]', /requirement on "-a"/],
  ['[{"key":"a","operator":"in","values":["b c"]}]', /requirement on "a"/],
])('says what is wrong with %s', (text, problem) => {
  const selector = clusterSelectorOf(asking(text));
  expect(selector.ok).toBe(false);
  if (!selector.ok) expect(selector.problem).toMatch(problem);
});
