import { withAnnotation, withLabel, type KubeObject } from '../../src/apimachinery/index.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  serviceAccounts,
  type ClusterRole,
  type ClusterRoleBinding,
  type PolicyRule,
  type Role,
  type RoleBinding,
  type ServiceAccount,
} from '../../src/apis/index.ts';
import type { Client, NewObject } from '../../src/client/index.ts';
import { bookkeeping } from './bookkeeping.ts';
import { ensure, remove } from './ensure.ts';
import { isNotServed } from './is-not-served.ts';
import { dropLastingTokens } from './member-token.ts';
import { describePlace, type Place } from './present-objects.ts';
import type { Undo } from './undo.ts';

/** The account by which a federation acts in one member, and what it may do there. */
export interface AccountNames {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Of the ClusterRole, of its binding, and of the Role with which the account renews its token. */
  readonly clusterRole: string;
}

export function accountNames(federation: string, cluster: string, namespace: string): AccountNames {
  return {
    namespace,
    serviceAccount: `${cluster}-${federation}`,
    clusterRole: `federation-controller-manager:${federation}-${cluster}`,
  };
}

export interface Account {
  readonly names: AccountNames;
  readonly federationName: string;
  /** Tells federations of one name apart. */
  readonly federationUid: string;
  readonly rules: readonly PolicyRule[];
}

export interface AccountObjects {
  readonly account: NewObject<ServiceAccount>;
  readonly clusterRole: NewObject<ClusterRole>;
  readonly clusterRoleBinding: NewObject<ClusterRoleBinding>;
  readonly role: NewObject<Role>;
  readonly roleBinding: NewObject<RoleBinding>;
}

export function accountObjects({ names, federationName, federationUid, rules }: Account): AccountObjects {
  const { namespace, serviceAccount, clusterRole: name } = names;
  const subjects = [{ kind: 'ServiceAccount', name: serviceAccount, namespace }];
  const apiGroup = 'rbac.authorization.k8s.io';
  const ownToken = { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: [serviceAccount] };
  return {
    account: {
      metadata: {
        name: serviceAccount,
        namespace,
        labels: { [bookkeeping.joinedTo]: federationName },
        annotations: { [bookkeeping.federationUid]: federationUid },
      },
    },
    clusterRole: { metadata: { name }, rules },
    clusterRoleBinding: { metadata: { name }, roleRef: { apiGroup, kind: 'ClusterRole', name }, subjects },
    role: { metadata: { name, namespace }, rules: [{ ...ownToken, verbs: ['create'] }] },
    roleBinding: { metadata: { name, namespace }, roleRef: { apiGroup, kind: 'Role', name }, subjects },
  };
}

/** Makes the account with its rights, or brings what is there to what it should be. */
export async function ensureAccount(member: Client, account: Account, done: Undo, signal: AbortSignal): Promise<void> {
  const { names, federationName, federationUid } = account;
  const { namespace, serviceAccount } = names;
  const objects = accountObjects(account);
  const { created } = await ensure(member, serviceAccounts, objects.account, {
    change: (present) =>
      withAnnotation(
        withLabel(present, bookkeeping.joinedTo, federationName),
        bookkeeping.federationUid,
        federationUid,
      ),
    signal,
  });
  if (created) {
    const key = { name: serviceAccount, namespace };
    done.push({ what: 'service account', undo: (own) => remove(member, serviceAccounts, key, own) });
  }
  await ensureRights(member, objects, done, signal);
}

/** A member that does not serve RBAC lets its accounts do everything. */
async function ensureRights(
  member: Client,
  { clusterRole, clusterRoleBinding, role, roleBinding }: AccountObjects,
  done: Undo,
  signal: AbortSignal,
): Promise<void> {
  const one = async <T extends KubeObject>(
    resource: Parameters<typeof ensure<T>>[1],
    wanted: NewObject<T>,
    change: (present: T) => T,
  ) => {
    const { name = '', namespace } = wanted.metadata;
    const key = namespace === undefined ? { name } : { name, namespace };
    const made = await ensure(member, resource, wanted, { change, signal });
    if (made.created) {
      done.push({ what: `${resource.kind} ${name}`, undo: (own) => remove(member, resource, key, own) });
    }
  };
  try {
    await one(clusterRoles, clusterRole, (present) => withRules(present, clusterRole.rules));
    await one(clusterRoleBindings, clusterRoleBinding, (present) => withSubjects(present, clusterRoleBinding.subjects));
    await one(roles, role, (present) => withRules(present, role.rules));
    await one(roleBindings, roleBinding, (present) => withSubjects(present, roleBinding.subjects));
  } catch (err) {
    if (!isNotServed(err)) throw err;
  }
}

function withRules<T extends { readonly rules?: readonly PolicyRule[] }>(present: T, rules: T['rules']): T {
  return JSON.stringify(present.rules) === JSON.stringify(rules) ? present : { ...present, rules };
}

function withSubjects<T extends { readonly subjects?: readonly object[] }>(present: T, subjects: T['subjects']): T {
  const isThere = subjects?.every((wanted) =>
    present.subjects?.some((subject) =>
      Object.entries(wanted).every(([field, value]) => fieldOf(subject, field) === value),
    ),
  );
  return isThere === true ? present : { ...present, subjects: [...(present.subjects ?? []), ...(subjects ?? [])] };
}

function fieldOf(object: object, field: string): unknown {
  return Object.entries(object).find(([name]) => name === field)?.[1];
}

/** What of the account is in the member. What it may do comes first, so that an account that cannot be removed is of no use. */
export function accountPlaces({ namespace, serviceAccount, clusterRole: name }: AccountNames): readonly Place[] {
  return [
    [clusterRoleBindings, { name }],
    [clusterRoles, { name }],
    [roleBindings, { name, namespace }],
    [roles, { name, namespace }],
    [serviceAccounts, { name: serviceAccount, namespace }],
  ];
}

/** Takes the account back. Resolves to what could not be removed. */
export async function removeAccount(
  member: Client,
  names: AccountNames,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (err) {
      signal.throwIfAborted();
      if (isNotServed(err)) return;
      problems.push(`${what}: ${err instanceof Error ? err.message : String(err)}`);
    }
  };
  await attempt('token secret', () => dropLastingTokens(member, names, undefined, signal));
  for (const place of accountPlaces(names)) {
    await attempt(describePlace(place), () => remove(member, ...place, signal));
  }
  return problems;
}
