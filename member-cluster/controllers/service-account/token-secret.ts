import { deepEqual, isNotFound, withAnnotation } from '../../../src/apimachinery/index.ts';
import {
  secrets as secretResource,
  serviceAccounts as serviceAccountResource,
  type Secret,
  type ServiceAccount,
} from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Lister, Reconciler } from '../../../src/controller/index.ts';
import { objectKey } from '../adoption.ts';

export const TOKEN_SECRET = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

export interface TokenSecretDeps {
  readonly secrets: Lister<Secret>;
  readonly client: Client;
  readonly rootCa: string;
  /** A token without expiry that is good while this Secret exists. */
  readonly issueToken: (account: ServiceAccount, secret: Secret) => Promise<string>;
}

/** Fills Secrets that ask for a long-lived token of a ServiceAccount; deletes those whose account is gone. */
export function tokenSecretReconciler({ secrets, client, rootCa, issueToken }: TokenSecretDeps): Reconciler {
  return async (key, signal) => {
    const secret = secrets.get(key);
    if (secret?.type !== TOKEN_SECRET || secret.metadata.deletionTimestamp !== undefined) return {};
    const account = await accountOf(client, secret, signal);
    if (account === undefined) {
      await remove(client, secret, signal);
      return {};
    }
    const { uid = '', namespace = '' } = account.metadata;
    const owned = withAnnotation(secret, ACCOUNT_UID, uid);
    const before = secret.data ?? {};
    const token = before['token'] ?? base64(await issueToken(account, owned));
    const data = { ...before, token, 'ca.crt': base64(rootCa), namespace: base64(namespace) };
    if (owned === secret && deepEqual(data, before)) return {};
    await client.update(secretResource, { ...owned, data }, { signal });
    return {};
  };
}

/** Asked live: a Secret is often created together with its account. */
async function accountOf(
  client: Client,
  { metadata }: Secret,
  signal: AbortSignal,
): Promise<ServiceAccount | undefined> {
  const { namespace = '', annotations = {} } = metadata;
  const name = annotations[ACCOUNT_NAME];
  if (name === undefined) return undefined;
  try {
    const account = await client.get(serviceAccountResource, { namespace, name }, { signal });
    const uid = annotations[ACCOUNT_UID];
    return uid === undefined || uid === account.metadata.uid ? account : undefined;
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

async function remove(client: Client, secret: Secret, signal: AbortSignal): Promise<void> {
  const { uid = '' } = secret.metadata;
  try {
    await client.delete(secretResource, objectKey(secret), { preconditions: { uid }, signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
