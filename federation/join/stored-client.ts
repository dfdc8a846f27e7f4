import { isNotFound } from '../../src/apimachinery/index.ts';
import { secrets } from '../../src/apis/index.ts';
import { createRemoteClient, type Client } from '../../src/client/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE, serverAddressFor } from '../apis/index.ts';
import { credentialsOf } from '../cluster/index.ts';

/** A client of the member as the federation itself is one; `undefined` where the federation has no way to it. */
export async function storedClient(
  federation: Client,
  name: string,
  signal: AbortSignal,
): Promise<(Client & AsyncDisposable) | undefined> {
  try {
    const cluster = await federation.get(clusters, { name }, { signal });
    const server = serverAddressFor(cluster);
    if (server === undefined) return undefined;
    const key = { name: cluster.spec?.secretRef?.name ?? name, namespace: FEDERATION_SYSTEM_NAMESPACE };
    const { data = {} } = await federation.get(secrets, key, { signal });
    return createRemoteClient({ server, ...credentialsOf(data) });
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}
