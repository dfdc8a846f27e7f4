import { expect, it } from 'vitest';
import { DEDUCED, type JsonObject, type ManagedFieldsEntry } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { ScaleOwnership } from './scale-ownership.ts';

function gadgets(version: string, replicasPath: readonly string[]): ResourceDefinition {
  const read = () => ({ specReplicas: 0, statusReplicas: 0, selector: '' });
  return {
    group: 'example.com',
    version,
    kind: 'Gadget',
    plural: 'gadgets',
    singular: 'gadget',
    namespaced: true,
    schema: `example.com/${version}.Gadget`,
    strategy: {},
    subresources: [{ type: 'scale', name: 'scale', read, write: (object) => object, replicasPath }],
  };
}

const v1 = gadgets('v1', ['spec', 'count']);
const v2 = gadgets('v2', ['spec', 'size', 'count']);
const ownership = new ScaleOwnership({
  definition: v2,
  served: () => [v1, v2],
  typeNamed: () => DEDUCED,
  now: () => 0,
});

const entry = (
  manager: string,
  apiVersion: string,
  spec: JsonObject,
  more: Partial<ManagedFieldsEntry> = {},
): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion,
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:spec': spec },
  ...more,
});
const old = entry('old', 'example.com/v1', { 'f:count': {}, 'f:color': {} });
const young = entry('young', 'example.com/v2', { 'f:size': { 'f:count': {} } });
const other = entry('other', 'example.com/v2', { 'f:color': {} });
const inScale = (manager: string, more: Partial<ManagedFieldsEntry> = {}) =>
  entry(manager, 'autoscaling/v1', { 'f:replicas': {} }, more);

it('finds who owns the replicas, wherever their version has them', () => {
  expect(ownership.toScale([old, other, young])).toEqual([inScale('old'), inScale('young')]);
});

it('gives the replicas to who owns those of the scale, and leaves everything else as it is', () => {
  const scaler = { operation: 'Apply', subresource: 'scale' } as const;
  const next = ownership.toObject([old, other, young], [inScale('scaler', scaler), inScale('young')]);
  expect(next).toEqual([
    { ...young, manager: 'scaler', ...scaler },
    entry('old', 'example.com/v1', { 'f:color': {} }),
    other,
    young,
  ]);
});
