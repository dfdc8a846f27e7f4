import { deepEqual, isAlreadyExists, isNotFound, type KubeObject, type Resource } from '../apimachinery/index.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  type ClusterRole,
  type ClusterRoleBinding,
  type Subject,
} from '../apis/index.ts';
import { uncovered } from '../apiserver/index.ts';
import type { Client } from '../client/index.ts';
import { AUTOUPDATE, bootstrapClusterRoleBindings, bootstrapClusterRoles } from './bootstrap-policy.ts';

/**
 * Makes the roles and bindings that every control plane has. To those that are there it adds what they lack and takes
 * nothing away; those whose annotation `rbac.authorization.kubernetes.io/autoupdate` says `false` stay as they are.
 */
export async function bootstrapRbac(client: Client, signal: AbortSignal): Promise<void> {
  const [roles, bindings] = await Promise.all([
    byName(client, clusterRoles, signal),
    byName(client, clusterRoleBindings, signal),
  ]);
  await Promise.all([
    ...bootstrapClusterRoles.map(async (wanted) => {
      const present = roles.get(wanted.metadata.name ?? '');
      if (present === undefined) return create(client, clusterRoles, wanted, signal);
      const next = completedRole(present, wanted);
      if (!deepEqual(next, present)) await client.update(clusterRoles, next, { signal });
    }),
    ...bootstrapClusterRoleBindings.map((wanted) =>
      ensureBinding(client, bindings.get(wanted.metadata.name ?? ''), wanted, signal),
    ),
  ]);
}

async function byName<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, T>> {
  const { items } = await client.list(resource, { signal });
  return new Map(items.map((item) => [item.metadata.name ?? '', item]));
}

async function create<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  wanted: T,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.create(resource, wanted, { signal });
  } catch (err) {
    // Another replica of this server was first.
    if (!isAlreadyExists(err)) throw err;
  }
}

/** A binding says for good what it binds: one that binds another role is made anew. */
async function ensureBinding(
  client: Client,
  present: ClusterRoleBinding | undefined,
  wanted: ClusterRoleBinding,
  signal: AbortSignal,
): Promise<void> {
  if (present === undefined) return create(client, clusterRoleBindings, wanted, signal);
  if (isKept(present)) return;
  if (deepEqual(present.roleRef, wanted.roleRef)) {
    const next = completedBinding(present, wanted);
    if (!deepEqual(next, present)) await client.update(clusterRoleBindings, next, { signal });
    return;
  }
  try {
    await client.delete(clusterRoleBindings, { name: wanted.metadata.name ?? '' }, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
  const { subjects = [] } = completedBinding(present, wanted);
  await create(client, clusterRoleBindings, { ...wanted, subjects }, signal);
}

/** What a role has, and what it lacks of what is wanted. The rules of one that gathers them are not its own. */
export function completedRole(present: ClusterRole, wanted: ClusterRole): ClusterRole {
  if (isKept(present)) return present;
  const metadata = completedMetadata(present, wanted);
  if (wanted.aggregationRule !== undefined) {
    const selectors = present.aggregationRule?.clusterRoleSelectors ?? [];
    const lacking = (wanted.aggregationRule.clusterRoleSelectors ?? []).filter(
      (selector) => !selectors.some((held) => deepEqual(held, selector)),
    );
    const aggregationRule = { clusterRoleSelectors: [...selectors, ...lacking] };
    return { ...present, metadata, aggregationRule };
  }
  const rules = present.rules ?? [];
  const lacking = (wanted.rules ?? []).filter((rule) => uncovered(rules, [rule]).length > 0);
  return lacking.length === 0 ? { ...present, metadata } : { ...present, metadata, rules: [...rules, ...lacking] };
}

/** Whom it binds, and whom it lacks. */
export function completedBinding(present: ClusterRoleBinding, wanted: ClusterRoleBinding): ClusterRoleBinding {
  if (isKept(present)) return present;
  const held = present.subjects ?? [];
  const lacking = (wanted.subjects ?? []).filter((subject) => !held.some((other) => isSame(other, subject)));
  const metadata = completedMetadata(present, wanted);
  return lacking.length === 0 ? { ...present, metadata } : { ...present, metadata, subjects: [...held, ...lacking] };
}

function isKept({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[AUTOUPDATE] === 'false';
}

function isSame(one: Subject, other: Subject): boolean {
  return one.kind === other.kind && one.name === other.name && one.namespace === other.namespace;
}

function completedMetadata(present: KubeObject, wanted: KubeObject): KubeObject['metadata'] {
  const { metadata } = present;
  return {
    ...metadata,
    labels: { ...wanted.metadata.labels, ...metadata.labels },
    annotations: { ...wanted.metadata.annotations, ...metadata.annotations },
  };
}
