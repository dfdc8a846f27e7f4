import { expect, it } from 'vitest';
import type { Cluster, OverridePolicy, Overriders } from '../../apis/index.ts';
import { applyOverriders } from './apply-overriders.ts';
import { overriddenImage } from './image-reference.ts';
import { overridesFor, replicasBy } from './overrides-for.ts';

it.each([
  ['nginx', 'Tag', 'replace', '1.29', 'nginx:1.29'],
  ['nginx:1.25', 'Tag', 'replace', '1.29', 'nginx:1.29'],
  ['nginx:1.25', 'Tag', 'add', '-alpine', 'nginx:1.25-alpine'],
  ['nginx:1.25', 'Tag', 'remove', undefined, 'nginx'],
  ['nginx:1.25', 'Tag', 'replace', 'sha256:abc', 'nginx@sha256:abc'],
  ['nginx@sha256:abc', 'Tag', 'replace', '1.29', 'nginx:1.29'],
  ['nginx:1.25@sha256:abc', 'Tag', 'replace', '1.29', 'nginx:1.29'],
  ['nginx:1.25', 'Registry', 'add', 'eu.example.com', 'eu.example.com/nginx:1.25'],
  ['docker.io/library/nginx', 'Registry', 'replace', 'localhost:5000', 'localhost:5000/library/nginx'],
  ['localhost/nginx', 'Registry', 'remove', undefined, 'nginx'],
  ['library/nginx:1', 'Registry', 'replace', 'eu.example.com', 'eu.example.com/library/nginx:1'],
  ['eu.example.com:443/a/b:1', 'Repository', 'replace', 'c/d', 'eu.example.com:443/c/d:1'],
  ['nginx', 'Repository', 'add', '-debug', 'nginx-debug'],
] as const)('%s: %s %s %s gives %s', (image, component, operator, value, expected) => {
  expect(overriddenImage(image, { component, operator, ...(value === undefined ? {} : { value }) })).toBe(expected);
});

const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    template: {
      spec: {
        initContainers: [{ name: 'init', image: 'busybox:1' }],
        containers: [
          { name: 'web', image: 'nginx:1', args: ['-a', '-b'], env: [{ name: 'A', value: '1' }] },
          { name: 'log', image: 'docker.io/fluent:2' },
        ],
      },
    },
  },
};
const template = (overriders: Overriders) => {
  const { spec } = applyOverriders(web, overriders, 'Deployment') as typeof web;
  return spec.template.spec;
};

it('changes the images of all containers, or one of them', () => {
  const all = template({ imageOverrider: [{ component: 'Registry', operator: 'replace', value: 'eu.example.com' }] });
  expect([...all.initContainers, ...all.containers].map(({ image }) => image)).toEqual([
    'eu.example.com/busybox:1',
    'eu.example.com/nginx:1',
    'eu.example.com/fluent:2',
  ]);
  const predicate = { path: '/spec/template/spec/containers/1/image' };
  const one = template({ imageOverrider: [{ component: 'Tag', operator: 'replace', value: '3', predicate }] });
  expect(one.containers.map(({ image }) => image)).toEqual(['nginx:1', 'docker.io/fluent:3']);
  expect(web.spec.template.spec.containers[1]?.image).toBe('docker.io/fluent:2');
});

it('changes arguments, commands and variables of a container', () => {
  const { containers } = template({
    argsOverrider: [
      { containerName: 'web', operator: 'remove', value: ['-a'] },
      { containerName: 'web', operator: 'add', value: ['-c'] },
    ],
    commandOverrider: [{ containerName: 'log', operator: 'add', value: ['run'] }],
    envOverrider: [
      { containerName: 'web', operator: 'add', value: [{ name: 'B', value: '2' }] },
      { containerName: 'web', operator: 'replace', value: [{ name: 'A', value: '9' }] },
      { containerName: 'web', operator: 'remove', value: [{ name: 'B' }] },
    ],
  });
  expect(containers).toEqual([
    { name: 'web', image: 'nginx:1', args: ['-b', '-c'], env: [{ name: 'A', value: '9' }] },
    { name: 'log', image: 'docker.io/fluent:2', command: ['run'] },
  ]);
});

it('changes labels and annotations, and whatever a JSON patch can reach', () => {
  const next = applyOverriders(
    web,
    {
      labelsOverrider: [
        { operator: 'add', value: { tier: 'front' } },
        { operator: 'replace', value: { app: 'web-eu', other: 'x' } },
      ],
      annotationsOverrider: [{ operator: 'add', value: { team: 'shop' } }],
      plaintext: [
        { path: '/spec/paused', operator: 'add', value: true },
        { path: '/spec/template/spec/initContainers', operator: 'remove' },
      ],
    },
    'Deployment',
  );
  expect(next).toMatchObject({
    metadata: { labels: { app: 'web-eu', tier: 'front' }, annotations: { team: 'shop' } },
    spec: { paused: true },
  });
  expect(next).not.toHaveProperty('spec.template.spec.initContainers');
  expect(next).not.toHaveProperty('metadata.labels.other');
});

it.each<[string, Overriders, string]>([
  ['container', { argsOverrider: [{ containerName: 'db', operator: 'add', value: ['x'] }] }, 'Deployment'],
  ['path', { plaintext: [{ path: '/spec/none/deeper', operator: 'replace', value: 1 }] }, 'Deployment'],
  [
    'image',
    { imageOverrider: [{ component: 'Tag', operator: 'replace', value: '1', predicate: { path: '/spec/x' } }] },
    'Deployment',
  ],
  ['kind', { imageOverrider: [{ component: 'Tag', operator: 'replace', value: '1' }] }, 'ConfigMap'],
])('says that there is no such %s', (_name, overriders, kind) => {
  expect(() => applyOverriders(web, overriders, kind)).toThrow();
});

it('finds the rules for a cluster in their order', () => {
  const cluster: Cluster = { apiVersion: 'federation/v1beta1', kind: 'Cluster', metadata: { name: 'a' } };
  const policy = (name: string, ...replicas: readonly (readonly [string, number])[]): OverridePolicy => ({
    apiVersion: 'policy.koinon.dev/v1alpha1',
    kind: 'OverridePolicy',
    metadata: { name, namespace: 'shop' },
    spec: {
      resourceSelectors: [],
      overrideRules: replicas.map(([target, count]) => ({
        targetCluster: { clusterNames: [target] },
        overriders: { replicas: count },
      })),
    },
  });
  const found = overridesFor([policy('one', ['a', 1], ['b', 2]), policy('two', ['b', 3], ['a', 4])], cluster);
  expect(found.map(({ source }) => source)).toEqual([
    'OverridePolicy shop/one rule 1',
    'OverridePolicy shop/two rule 2',
  ]);
  expect(replicasBy(found)).toBe(4);
  expect(replicasBy([])).toBeUndefined();
});
