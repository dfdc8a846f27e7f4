import { isAlreadyExists, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { roleBindings, roles, secrets, serviceAccounts } from '../../src/apis/index.ts';
import type { Client, NewObject } from '../../src/client/index.ts';
import { REPORTER_ACCOUNT, REPORTER_LABEL, REPORTER_NAMESPACE, reporterRoles } from '../../src/reachability/index.ts';

const metadata = { name: REPORTER_ACCOUNT, namespace: REPORTER_NAMESPACE };
const RBAC = 'rbac.authorization.k8s.io';

/**
 * The account by which reporters of other members leave here what they saw, for a hub that cannot hear them. It may write
 * ConfigMaps of this one namespace and nothing else.
 */
export async function ensureReporterAccount(client: Client, signal: AbortSignal): Promise<void> {
  const labels = { [REPORTER_LABEL]: reporterRoles.account };
  await present(client, serviceAccounts, { metadata }, signal);
  await present(
    client,
    roles,
    { metadata, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'update'] }] },
    signal,
  );
  const subjects = [{ kind: 'ServiceAccount', ...metadata }];
  const roleRef = { apiGroup: RBAC, kind: 'Role', name: REPORTER_ACCOUNT };
  await present(client, roleBindings, { metadata, roleRef, subjects }, signal);
  const annotations = { 'kubernetes.io/service-account.name': REPORTER_ACCOUNT };
  const type = 'kubernetes.io/service-account-token';
  await present(client, secrets, { metadata: { ...metadata, labels, annotations }, type }, signal);
}

async function present<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: NewObject<T>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.create(resource, object, { signal });
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
  }
}
