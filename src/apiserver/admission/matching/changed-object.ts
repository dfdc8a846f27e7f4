import { isObject, isStatusError, type KubeObject, type TypeTable } from '../../../apimachinery/index.ts';
import { Decoder } from '../../decoding/decoder.ts';
import type { ResourceDefinition } from '../../resource-definition.ts';
import { isSame, type Equivalent } from './equivalents.ts';

/**
 * Reads what a patch made of an object as a body would be read: fields that the kind does not have are dropped, values
 * that do not fit are refused. Throws an `Error` that says why.
 */
export type ReadChanged = (value: unknown, matched: Pick<Equivalent, 'resource' | 'body'>) => KubeObject;

export interface ChangedObjectDeps {
  readonly types: TypeTable;
  readonly served: () => readonly ResourceDefinition[];
}

export function changedObjectReader({ types, served }: ChangedObjectDeps): ReadChanged {
  const decoder = new Decoder(types);
  return (value, { resource, body }) => {
    const expected = body ?? served().find((definition) => isSame(definition, resource));
    if (expected === undefined) throw new Error(`${resource.plural} is served no longer`);
    if (!isObject(value) || (body === undefined && !isObject(value['metadata'])))
      throw new Error('the patch makes something else of the object');
    try {
      return decoder.decode(value, { expected, fieldValidation: 'Ignore', duplicates: [], warn: () => undefined });
    } catch (err) {
      if (isStatusError(err)) throw new Error(err.message, { cause: err });
      throw err;
    }
  };
}
