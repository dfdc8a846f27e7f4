import type { JsonObject } from '../../src/apimachinery/index.ts';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../src/apis/index.ts';
import type { NewObject } from '../../src/client/index.ts';

type Version = CustomResourceDefinition['spec']['versions'][number];

/** The resource of all examples: `crontabs.stable.example.com`. */
export const crontabs = {
  group: 'stable.example.com',
  version: 'v1',
  kind: 'CronTab',
  plural: 'crontabs',
  namespaced: true,
} as const;

export const crontabSchema: JSONSchemaProps = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      description: 'What shall happen, and when.',
      required: ['cronSpec'],
      properties: {
        cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' },
        image: { type: 'string', description: 'What runs.' },
        replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
      },
    },
    status: {
      type: 'object',
      properties: { replicas: { type: 'integer' }, labelSelector: { type: 'string' } },
    },
  },
};

export function crontabVersion(name: string, more: Partial<Version> = {}): Version {
  return { name, served: true, storage: true, schema: { openAPIV3Schema: crontabSchema }, ...more };
}

/** `more`: what of its spec is another. */
export function crontabDefinition(
  more: Partial<CustomResourceDefinition['spec']> = {},
): NewObject<CustomResourceDefinition> {
  const { group, kind, plural } = crontabs;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular: 'crontab', kind, shortNames: ['ct'], categories: ['all'] },
      versions: [
        crontabVersion('v1', {
          subresources: {
            status: {},
            scale: {
              specReplicasPath: '.spec.replicas',
              statusReplicasPath: '.status.replicas',
              labelSelectorPath: '.status.labelSelector',
            },
          },
          additionalPrinterColumns: [
            { name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' },
            { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
            { name: 'Image', type: 'string', jsonPath: '.spec.image', priority: 1 },
            { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
          ],
          selectableFields: [{ jsonPath: '.spec.image' }],
        }),
      ],
      ...more,
    },
  };
}

export function crontab(name: string, spec: JsonObject = {}) {
  return {
    apiVersion: 'stable.example.com/v1',
    kind: 'CronTab',
    metadata: { name, namespace: 'default' },
    spec: { cronSpec: '* * * * */5', image: 'img', ...spec },
  };
}
