import { isNotFound, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';

/** Writes the status of the object; nothing where it is gone. */
export async function writeStatus<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: T,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.updateStatus(resource, object, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
