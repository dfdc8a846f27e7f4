import { isConflict } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { clusters, type Cluster } from '../apis/index.ts';

const ATTEMPTS = 8;

/** Changes a Cluster as it is now; `change` returns it itself when there is nothing to do. Resolves whether there was. */
export async function changeCluster(
  federation: Client,
  name: string,
  change: (present: Cluster) => Cluster,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const present = await federation.get(clusters, { name }, { signal });
    const next = change(present);
    if (next === present) return false;
    try {
      await federation.update(clusters, next, { signal });
      return true;
    } catch (err) {
      // Its status is written all the time.
      if (!isConflict(err) || attempt === ATTEMPTS) throw err;
    }
  }
}
