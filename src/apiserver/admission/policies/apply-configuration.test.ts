import { expect, it } from 'vitest';
import type { KubeObject, MergeType, Resource } from '../../../apimachinery/index.ts';
import { deployments, typeTable } from '../../../apis/index.ts';
import type { ResourceDefinition } from '../../resource-definition.ts';
import { unconverted } from '../matching/equivalents.ts';
import { applyConfigurations } from './apply-configuration.ts';

const parts: MergeType = { kind: 'list', keys: ['id'], defaults: {}, items: { kind: 'deduced' } };

const widgets: ResourceDefinition = {
  group: 'example.com',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  singular: 'widget',
  namespaced: true,
  schema: 'example.com/v1.Widget',
  strategy: {},
  mergeType: () => ({
    kind: 'map',
    field: (name) => (name === 'parts' ? { element: 'f:parts', type: parts, always: false } : undefined),
  }),
};

const mergeFor = applyConfigurations({ types: typeTable, served: () => [deployments, widgets] });
const merge = (object: KubeObject, configuration: unknown, resource: Resource) =>
  mergeFor(object, configuration, unconverted({ resource }));
const metadata = { name: 'a' };

it('merges keyed lists of built-in kinds', () => {
  const web = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { template: { spec: { containers: [{ name: 'a', image: 'a:1' }] } } },
  };
  const sidecar = { spec: { template: { spec: { containers: [{ name: 'b', image: 'b:1' }] } } } };
  expect(merge(web, sidecar, deployments)).toMatchObject({
    metadata,
    spec: {
      template: {
        spec: {
          containers: [
            { name: 'a', image: 'a:1' },
            { name: 'b', image: 'b:1' },
          ],
        },
      },
    },
  });
});

it('lets nobody touch what changes as a whole', () => {
  const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata };
  const command = { spec: { template: { spec: { containers: [{ name: 'a', command: ['x'] }] } } } };
  expect(() => merge(web, command, deployments)).toThrow(
    'invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.template.spec.containers[0].command',
  );
});

it('merges custom resources by their schemas', () => {
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata, parts: [{ id: 1 }] };
  expect(merge(widget, { parts: [{ id: 2 }] }, widgets)).toMatchObject({ parts: [{ id: 1 }, { id: 2 }] });
});
