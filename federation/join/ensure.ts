import {
  isAlreadyExists,
  isConflict,
  isNotFound,
  type KubeObject,
  type ObjectKey,
  type Resource,
} from '../../src/apimachinery/index.ts';
import type { Client, NewObject } from '../../src/client/index.ts';

const ATTEMPTS = 5;

export interface Ensured<T> {
  readonly object: T;
  /** It was not there before. */
  readonly created: boolean;
}

/** The object as asked for: created, or the one that is there changed by `change`, which returns it unchanged if it will do. */
export async function ensure<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  wanted: NewObject<T>,
  { change = (present) => present, signal }: { change?: (present: T) => T; signal: AbortSignal },
): Promise<Ensured<T>> {
  const { name = '', namespace } = wanted.metadata;
  const key: ObjectKey = namespace === undefined ? { name } : { name, namespace };
  for (let attempt = 1; ; attempt++) {
    try {
      return { object: await client.create(resource, wanted, { signal }), created: true };
    } catch (err) {
      if (!isAlreadyExists(err)) throw err;
    }
    try {
      const present = await client.get(resource, key, { signal });
      const next = change(present);
      if (next === present) return { object: present, created: false };
      return { object: await client.update(resource, next, { signal }), created: false };
    } catch (err) {
      // Somebody changed or removed it in between: look again.
      if (attempt === ATTEMPTS || !(isConflict(err) || isNotFound(err))) throw err;
    }
  }
}

/** Resolves whether it was there. */
export async function remove<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await client.delete(resource, key, { propagationPolicy: 'Background', signal });
    return true;
  } catch (err) {
    if (isNotFound(err)) return false;
    throw err;
  }
}
