import { isNotFound, type KubeObject, type ObjectKey, type Resource } from '../../src/apimachinery/index.ts';
import type { CallOptions, Client } from '../../src/client/index.ts';

/** Reads an object that need not be there. */
export async function findObject<T extends KubeObject>(
  own: Pick<Client, 'get'>,
  resource: Resource<T>,
  key: ObjectKey,
  options: CallOptions = {},
): Promise<T | undefined> {
  try {
    return await own.get(resource, key, options);
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}
