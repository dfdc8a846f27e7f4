import { expect, it } from 'vitest';
import type { FieldType } from '../apimachinery/index.ts';
import data from './generated/type-table.json' with { type: 'json' };
import { typeNameOf, typeTable } from './type-table.ts';

const names = Object.values(data.packages).flatMap(({ path, types }) =>
  Object.keys(types).map((name) => `${path}.${name}`),
);

function referenced(type: FieldType): readonly string[] {
  if (type.kind === 'list') return referenced(type.items);
  if (type.kind === 'map') return referenced(type.values);
  return type.kind === 'ref' ? [type.name] : [];
}

function fieldOf(type: string, name: string) {
  return typeTable.get(type)?.fields.find((field) => field.name === name);
}

it('decodes every type, and every type that another one refers to is there', () => {
  const missing = names.flatMap((name) =>
    (typeTable.get(name)?.fields ?? [])
      .flatMap(({ type }) => referenced(type))
      .filter((reference) => typeTable.get(reference) === undefined),
  );
  expect(names.length).toBeGreaterThan(600);
  expect(missing).toEqual([]);
});

it('never gives two fields of a type the same number or name', () => {
  const clashes = names.filter((name) => {
    const fields = typeTable.get(name)?.fields ?? [];
    const numbers = fields.map(({ number }) => number).filter((number) => number !== 0);
    const jsonNames = fields.map((field) => field.name).filter((field) => field !== '');
    return new Set(numbers).size !== numbers.length || new Set(jsonNames).size !== jsonNames.length;
  });
  expect(clashes).toEqual([]);
});

it('knows what patches and server-side apply need', () => {
  expect(fieldOf('k8s.io/api/core/v1.ServiceSpec', 'ports')).toEqual({
    name: 'ports',
    type: { kind: 'list', items: { kind: 'ref', name: 'k8s.io/api/core/v1.ServicePort' } },
    number: 1,
    pointer: false,
    omitEmpty: true,
    inline: false,
    required: false,
    patchStrategies: ['merge'],
    patchMergeKey: 'port',
    listType: 'map',
    listMapKeys: ['port', 'protocol'],
  });
  expect(fieldOf('k8s.io/api/apps/v1.DeploymentSpec', 'strategy')?.patchStrategies).toEqual(['retainKeys']);
  expect(fieldOf('k8s.io/api/core/v1.ContainerPort', 'protocol')?.default).toBe('TCP');
  expect(typeTable.get('k8s.io/apimachinery/pkg/apis/meta/v1.LabelSelector')?.mapType).toBe('atomic');
});

it.each([
  ['v1', 'Pod', 'k8s.io/api/core/v1.Pod'],
  ['apps/v1', 'Deployment', 'k8s.io/api/apps/v1.Deployment'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler', 'k8s.io/api/autoscaling/v2.HorizontalPodAutoscaler'],
  ['apps/v1', 'DeleteOptions', 'k8s.io/apimachinery/pkg/apis/meta/v1.DeleteOptions'],
  ['v1', 'PodSpec', undefined],
  ['example.com/v1', 'Widget', undefined],
])('finds the type of %s %s', (apiVersion, kind, expected) => {
  expect(typeNameOf(apiVersion, kind)).toBe(expected);
});
