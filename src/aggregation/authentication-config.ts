import { deepEqual, isAlreadyExists, isConflict, isNotFound } from '../apimachinery/index.ts';
import { configMaps, type ConfigMap } from '../apis/index.ts';
import type { Client } from '../client/index.ts';
import { FRONT_PROXY_NAME, type FrontProxy } from './front-proxy.ts';

const KEY = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };

const HEADERS = {
  'requestheader-allowed-names': JSON.stringify([FRONT_PROXY_NAME]),
  'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  'requestheader-group-headers': '["X-Remote-Group"]',
  'requestheader-uid-headers': '["X-Remote-Uid"]',
  'requestheader-username-headers': '["X-Remote-User"]',
};

/**
 * Tells servers behind this one whose certificates to believe (`clientCa`: PEM), and how it names its users once there
 * is a certificate by which they know it.
 */
export async function publishAuthenticationConfig(
  client: Client,
  clientCa: string,
  frontProxy: FrontProxy | undefined,
): Promise<void> {
  const data = {
    'client-ca-file': clientCa,
    ...(frontProxy === undefined ? {} : { ...HEADERS, 'requestheader-client-ca-file': frontProxy.ca }),
  };
  try {
    const present = await readConfig(client);
    if (present === undefined) await client.create(configMaps, { metadata: KEY, data });
    else if (!deepEqual(present.data, data)) await client.update(configMaps, { ...present, data });
  } catch (err) {
    // Another control plane of the cluster, which says the same.
    if (!isAlreadyExists(err) && !isConflict(err)) throw err;
  }
}

async function readConfig(client: Client): Promise<ConfigMap | undefined> {
  try {
    return await client.get(configMaps, KEY);
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}
