import { expect, it } from 'vitest';
import type { OwnerReference } from '../../../src/apimachinery/index.ts';
import { DependencyGraph, type GraphNode } from './dependency-graph.ts';
import { verdict, type OwnerState } from './verdict.ts';

const resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

const reference = (uid: string): OwnerReference => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid });

function node(uid: string, owners: readonly string[] = [], finalizers: readonly string[] = []): GraphNode {
  const key = { namespace: 'default', name: uid };
  return { resource, key, uid, owners: owners.map(reference), finalizers, deleting: false };
}

it.each<[string, Record<string, OwnerState>, boolean, readonly string[], object]>([
  ['keeps what has no owners', {}, false, [], { type: 'keep' }],
  ['keeps what all owners want', { a: 'present', b: 'present' }, false, [], { type: 'keep' }],
  [
    'drops references to owners that are gone',
    { a: 'present', b: 'absent' },
    false,
    [],
    { type: 'drop references', keep: [reference('a')] },
  ],
  [
    'drops references to owners that wait',
    { a: 'present', b: 'waiting for dependents' },
    true,
    [],
    { type: 'drop references', keep: [reference('a')] },
  ],
  [
    'deletes what nobody wants',
    { a: 'absent', b: 'absent' },
    true,
    [],
    { type: 'delete', propagationPolicy: 'Background' },
  ],
  [
    'passes waiting on to what has dependents',
    { a: 'waiting for dependents' },
    true,
    [],
    { type: 'delete', propagationPolicy: 'Foreground' },
  ],
  [
    'deletes a leaf whose owner waits at once',
    { a: 'waiting for dependents' },
    false,
    [],
    { type: 'delete', propagationPolicy: 'Background' },
  ],
  [
    'keeps to a finalizer that orphans',
    { a: 'absent' },
    true,
    ['orphan'],
    { type: 'delete', propagationPolicy: 'Orphan' },
  ],
])('%s', (_name, states, hasDependents, finalizers, expected) => {
  const subject = node('x', Object.keys(states), finalizers);
  expect(verdict(subject, ({ uid }) => states[uid] ?? 'present', hasDependents)).toEqual(expected);
});

it('knows the dependents of an owner, before and after it is there', () => {
  const graph = new DependencyGraph();
  graph.put(node('child', ['parent']));
  expect(graph.dependentsOf('parent').map(({ uid }) => uid)).toEqual(['child']);
  graph.put(node('parent'));
  graph.put(node('child', ['other']));
  expect(graph.dependentsOf('parent')).toEqual([]);
  expect(graph.dependentsOf('other').map(({ uid }) => uid)).toEqual(['child']);
  graph.remove('child');
  expect(graph.dependentsOf('other')).toEqual([]);
});
