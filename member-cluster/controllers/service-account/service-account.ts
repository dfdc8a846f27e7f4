import { isAlreadyExists } from '../../../src/apimachinery/index.ts';
import {
  configMaps as configMapResource,
  serviceAccounts as serviceAccountResource,
  type ConfigMap,
  type Namespace,
  type ServiceAccount,
} from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Lister, Reconciler } from '../../../src/controller/index.ts';
import { isNamespaceEnding } from '../namespace-ending.ts';

export const ROOT_CA = 'kube-root-ca.crt';

export interface ServiceAccountDeps {
  readonly namespaces: Lister<Namespace>;
  readonly serviceAccounts: Lister<ServiceAccount>;
  readonly client: Client;
}

/** Every namespace has the account that pods without one of their own run as. Keys are namespaces. */
export function serviceAccountReconciler({ namespaces, serviceAccounts, client }: ServiceAccountDeps): Reconciler {
  return async (namespace, signal) => {
    if (!isActive(namespaces.get(namespace)) || serviceAccounts.get(`${namespace}/default`) !== undefined) return {};
    await unlessThere(client.create(serviceAccountResource, { metadata: { namespace, name: 'default' } }, { signal }));
    return {};
  };
}

export interface RootCaDeps {
  readonly namespaces: Lister<Namespace>;
  readonly configMaps: Lister<ConfigMap>;
  readonly client: Client;
  /** PEM of the CA that signed the API server's certificate. */
  readonly rootCa: string;
}

/** Every namespace has the certificate by which its pods know the API server. Keys are namespaces. */
export function rootCaReconciler({ namespaces, configMaps, client, rootCa }: RootCaDeps): Reconciler {
  return async (namespace, signal) => {
    if (!isActive(namespaces.get(namespace))) return {};
    const data = { 'ca.crt': rootCa };
    const present = configMaps.get(`${namespace}/${ROOT_CA}`);
    if (present === undefined) {
      await unlessThere(client.create(configMapResource, { metadata: { namespace, name: ROOT_CA }, data }, { signal }));
    } else if (present.data?.['ca.crt'] !== rootCa) {
      await client.update(configMapResource, { ...present, data }, { signal });
    }
    return {};
  };
}

function isActive(namespace: Namespace | undefined): boolean {
  return namespace !== undefined && namespace.metadata.deletionTimestamp === undefined;
}

async function unlessThere(create: Promise<unknown>): Promise<void> {
  try {
    await create;
  } catch (err) {
    if (!isAlreadyExists(err) && !isNamespaceEnding(err)) throw err;
  }
}
