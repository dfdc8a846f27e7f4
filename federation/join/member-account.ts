import { isNotFound, isStatusError } from '../../src/apimachinery/index.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  namespaces,
  secrets,
  serviceAccounts,
  type ClusterRole,
  type PolicyRule,
  type Secret,
} from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import { FEDERATION_SYSTEM_NAMESPACE } from '../apis/index.ts';
import { ensure, remove } from './ensure.ts';

/** The account by which a federation acts in one member, and what it may do there. */
export interface AccountNames {
  readonly serviceAccount: string;
  readonly tokenSecret: string;
  /** Of the ClusterRole and of its binding. */
  readonly clusterRole: string;
}

export function accountNames(federation: string, cluster: string): AccountNames {
  const serviceAccount = `${cluster}-${federation}`;
  return {
    serviceAccount,
    tokenSecret: `${serviceAccount}-token`,
    clusterRole: `federation-controller-manager:${federation}-${cluster}`,
  };
}

const everyVerb = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const reading = ['get', 'list', 'watch'];

/** What the controllers need: the kinds they copy, what they judge health and place by, and the probes. */
export const memberRules: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['namespaces', 'services', 'configmaps', 'secrets'], verbs: everyVerb },
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: everyVerb },
  { apiGroups: [''], resources: ['nodes', 'pods', 'endpoints'], verbs: reading },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: reading },
  { nonResourceURLs: ['/healthz', '/readyz', '/version'], verbs: ['get'] },
];

/** What was made, each with how to take it back; in the order in which it was made. */
export type Undo = { readonly what: string; readonly undo: (signal: AbortSignal) => Promise<unknown> }[];

export interface AccountOptions {
  readonly member: Client;
  readonly federation: string;
  readonly cluster: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tokenTimeoutMs: number;
}

/** Makes the account, and resolves to its token and the member's CA once the member has issued them. */
export async function createAccount(
  options: AccountOptions,
  done: Undo,
): Promise<{ readonly token: string; readonly ca: string | undefined }> {
  const { member, federation, cluster, signal } = options;
  const names = accountNames(federation, cluster);
  const namespace = FEDERATION_SYSTEM_NAMESPACE;
  await ensure(member, namespaces, { metadata: { name: namespace } }, { signal });

  const account = { metadata: { name: names.serviceAccount, namespace } };
  if ((await ensure(member, serviceAccounts, account, { signal })).created) {
    done.push({
      what: 'service account',
      undo: (own) => remove(member, serviceAccounts, { name: names.serviceAccount, namespace }, own),
    });
  }
  await grant(options, names, done);
  const token = {
    metadata: {
      name: names.tokenSecret,
      namespace,
      annotations: { 'kubernetes.io/service-account.name': names.serviceAccount },
    },
    type: 'kubernetes.io/service-account-token',
  };
  if ((await ensure(member, secrets, token, { signal })).created) {
    done.push({
      what: 'token secret',
      undo: (own) => remove(member, secrets, { name: names.tokenSecret, namespace }, own),
    });
  }
  return awaitToken(options, names.tokenSecret);
}

/** A member that does not serve RBAC lets its accounts do everything. */
async function grant({ member, signal }: AccountOptions, names: AccountNames, done: Undo): Promise<void> {
  const name = names.clusterRole;
  const role: Omit<ClusterRole, 'apiVersion' | 'kind'> = { metadata: { name }, rules: memberRules };
  try {
    const { created } = await ensure(member, clusterRoles, role, {
      change: (present) => ({ ...present, rules: memberRules }),
      signal,
    });
    if (created) done.push({ what: 'cluster role', undo: (own) => remove(member, clusterRoles, { name }, own) });
  } catch (err) {
    if (isNotServed(err)) return;
    throw err;
  }
  const binding = {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: names.serviceAccount, namespace: FEDERATION_SYSTEM_NAMESPACE }],
  };
  if ((await ensure(member, clusterRoleBindings, binding, { signal })).created) {
    done.push({ what: 'cluster role binding', undo: (own) => remove(member, clusterRoleBindings, { name }, own) });
  }
}

/** The path itself is unknown, as opposed to an object there. */
export function isNotServed(err: unknown): boolean {
  return isNotFound(err) && isStatusError(err) && err.status.details?.name === undefined;
}

const TOKEN_POLL_MS = 50;

async function awaitToken(
  { member, clock, signal, tokenTimeoutMs, cluster }: AccountOptions,
  name: string,
): Promise<{ token: string; ca: string | undefined }> {
  const until = clock.now() + tokenTimeoutMs;
  for (;;) {
    const secret: Secret = await member.get(secrets, { name, namespace: FEDERATION_SYSTEM_NAMESPACE }, { signal });
    const token = secret.data?.['token'];
    if (token !== undefined && token !== '') return { token, ca: secret.data?.['ca.crt'] };
    if (clock.now() >= until) {
      throw new Error(`cluster ${cluster} issued no token for its service account within ${tokenTimeoutMs} ms`);
    }
    await clock.sleep(TOKEN_POLL_MS, signal);
  }
}

/** Takes the account back. Resolves to what could not be removed. */
export async function removeAccount(
  member: Client,
  { serviceAccount, tokenSecret, clusterRole }: AccountNames,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const namespace = FEDERATION_SYSTEM_NAMESPACE;
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (err) {
      signal.throwIfAborted();
      problems.push(`${what}: ${err instanceof Error ? err.message : String(err)}`);
    }
  };
  await attempt('token secret', () => remove(member, secrets, { name: tokenSecret, namespace }, signal));
  await attempt('service account', () => remove(member, serviceAccounts, { name: serviceAccount, namespace }, signal));
  await attempt('cluster role binding', () => remove(member, clusterRoleBindings, { name: clusterRole }, signal));
  await attempt('cluster role', () => remove(member, clusterRoles, { name: clusterRole }, signal));
  return problems;
}
