import { internalError, isObject, setField, type KubeObject } from '../apimachinery/index.ts';
import type { CustomResourceDefinitionVersion } from '../apis/index.ts';
import type { Subresource } from '../apiserver/index.ts';
import { parseSimplePath, valueAt } from './json-path.ts';

type Paths = NonNullable<NonNullable<CustomResourceDefinitionVersion['subresources']>['scale']>;

/** The scale of a custom resource, where its definition says that it is. */
export function scaleSubresource({ specReplicasPath, statusReplicasPath, labelSelectorPath = '' }: Paths): Subresource {
  const desired = parseSimplePath(specReplicasPath) ?? [];
  const present = parseSimplePath(statusReplicasPath) ?? [];
  const selector = parseSimplePath(labelSelectorPath) ?? [];
  return {
    type: 'scale',
    name: 'scale',
    read: (object) => ({
      specReplicas: requiredAt(object, desired, specReplicasPath),
      statusReplicas: numberAt(object, present),
      selector: textAt(object, selector),
    }),
    // @NOTE only a field below `spec` is set, so what was an object of the API still is.
    write: (object, replicas) => withValueAt(object, desired, replicas) as KubeObject,
    replicasPath: desired,
  };
}

function numberAt(object: KubeObject, path: readonly string[]): number {
  const value = path.length === 0 ? undefined : valueAt(object, path);
  return typeof value === 'number' ? value : 0;
}

function requiredAt(object: KubeObject, path: readonly string[], text: string): number {
  const value = valueAt(object, path);
  if (typeof value === 'number') return value;
  throw internalError(new Error(`the spec replicas field ${JSON.stringify(text)} does not exist`));
}

function textAt(object: KubeObject, path: readonly string[]): string {
  const value = path.length === 0 ? undefined : valueAt(object, path);
  return typeof value === 'string' ? value : '';
}

function withValueAt(object: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const copy: Record<string, unknown> = isObject(object) ? { ...object } : {};
  setField(copy, name, withValueAt(copy[name], rest, value));
  return copy;
}
