import { isNotFound, isStatusError, type ObjectKey, type Resource } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';

/** An object by where it is. */
export type Place = readonly [resource: Resource, key: ObjectKey];

/** As `kubectl delete` would name it. */
export function describePlace([{ kind }, { name, namespace }]: Place): string {
  return `${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}

/** Those of them that there are, or that may not be seen. */
export async function presentOf(
  client: Client,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<readonly Place[]> {
  const present: Place[] = [];
  for (const place of places) {
    try {
      const [resource, key] = place;
      await client.get(resource, key, { signal });
      present.push(place);
    } catch (err) {
      if (isStatusError(err) && err.code === 403) present.push(place);
      else if (!isNotFound(err)) throw err;
    }
  }
  return present;
}
