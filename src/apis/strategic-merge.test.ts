import { expect, it } from 'vitest';
import { applyStrategicMergePatch } from '../apimachinery/index.ts';
import { deployments, namespaces, services } from './index.ts';
import { typeTable } from './type-table.ts';

const containers = (...items: readonly object[]) => ({ spec: { template: { spec: { containers: items } } } });

/** The bodies that kubectl sends. */
it.each([
  [
    'set image',
    deployments,
    containers({ name: 'web', image: 'nginx:1', args: ['a'] }, { name: 'log', image: 'log:1' }),
    {
      spec: {
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'web' }, { name: 'log' }],
            containers: [{ name: 'web', image: 'nginx:2' }],
          },
        },
      },
    },
    containers({ name: 'web', image: 'nginx:2', args: ['a'] }, { name: 'log', image: 'log:1' }),
  ],
  [
    'set env, one removed',
    deployments,
    containers({
      name: 'web',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    }),
    containers({
      name: 'web',
      env: [
        { name: 'C', value: '3' },
        { name: 'A', $patch: 'delete' },
      ],
    }),
    containers({
      name: 'web',
      env: [
        { name: 'C', value: '3' },
        { name: 'B', value: '2' },
      ],
    }),
  ],
  [
    'apply of another strategy',
    deployments,
    { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
    { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    { spec: { strategy: { type: 'Recreate' } } },
  ],
  [
    'apply of a port',
    services,
    { spec: { ports: [{ port: 80, nodePort: 30_080 }] } },
    {
      spec: {
        '$setElementOrder/ports': [{ port: 80 }, { port: 443 }],
        ports: [
          { port: 443, name: 'https' },
          { port: 80, name: 'http' },
        ].reverse(),
      },
    },
    {
      spec: {
        ports: [
          { port: 80, nodePort: 30_080, name: 'http' },
          { port: 443, name: 'https' },
        ],
      },
    },
  ],
  [
    'a label and a finalizer',
    namespaces,
    { metadata: { labels: { a: '1', b: '2' }, finalizers: ['x/y'] } },
    { metadata: { labels: { a: null, c: '3' }, finalizers: ['z/w'] } },
    { metadata: { labels: { b: '2', c: '3' }, finalizers: ['z/w', 'x/y'] } },
  ],
])('merges %s', (_name, { schema }, original, patch, expected) => {
  expect(applyStrategicMergePatch(original, patch, schema, typeTable)).toEqual(expected);
});
