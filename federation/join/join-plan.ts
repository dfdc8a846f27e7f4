import { apiVersionOf, isNotFound, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  namespaces,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
} from '../../src/apis/index.ts';
import type { NewObject } from '../../src/client/index.ts';
import { withDeadline } from '../../src/component-base/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE } from '../apis/index.ts';
import { clusterObject, rejoined } from './cluster-object.ts';
import type { JoinOptions } from './join-options.ts';
import { accountNames, accountObjects } from './member-account.ts';
import { dnsConfigMap } from './member-dns.ts';
import { memberRules } from './member-rules.ts';
import { assertNameFree, assertNotJoined, clusterUidOf, federationUidOf } from './membership-checks.ts';
import { namespaceOf } from './system-namespace.ts';
import { kubeconfigSecret } from './stored-credentials.ts';
import { wantedKinds } from './wanted-kinds.ts';

/** The objects that a join would see to, in the order in which it would. Credentials are left out. */
export interface JoinPlan {
  readonly member: readonly KubeObject[];
  readonly federation: readonly KubeObject[];
}

/** What `joinCluster` would do with these options; nothing is written. Rejects where it would for what it finds. */
export async function planJoin(options: JoinOptions): Promise<JoinPlan> {
  const {
    federation,
    member,
    name,
    federationName,
    kubeconfig,
    memberNamespace = FEDERATION_SYSTEM_NAMESPACE,
  } = options;
  const signal = withDeadline(options.timeoutMs ?? 60_000, options.signal);
  const names = accountNames(federationName, name, memberNamespace);
  const secretName = options.secretName ?? name;
  const federationUid = await federationUidOf(federation, signal);
  const uid = await clusterUidOf(member, signal);
  const before = await assertNotJoined(federation, { name, uid }, signal);
  await assertNameFree(member, { name: federationName, uid: federationUid, namespace: names.namespace }, signal);
  const cluster = clusterObject(options, { names, secretName, uid });
  const { groups = [], mayEscalate = false } = options;
  const kinds = await wantedKinds(federation, signal);
  const rules = memberRules({ kinds, groups, mayEscalate, role: names.clusterRole });
  const account = accountObjects({ names, federationName, federationUid, rules });
  const { data: _credentials, ...secret } = kubeconfigSecret(name, secretName, '');
  const present = await member
    .get(configMaps, { name: 'kube-dns', namespace: 'kube-system' }, { signal })
    .catch((err: unknown) => {
      if (isNotFound(err)) return undefined;
      throw err;
    });
  const dns = dnsConfigMap(present, {
    name: federationName,
    domain: options.domain,
    nameservers: options.nameservers ?? [],
  });
  return {
    member: [
      ...(kubeconfig === undefined
        ? [
            whole(namespaces, namespaceOf(names.namespace)),
            whole(serviceAccounts, account.account),
            whole(clusterRoles, account.clusterRole),
            whole(clusterRoleBindings, account.clusterRoleBinding),
            whole(roles, account.role),
            whole(roleBindings, account.roleBinding),
          ]
        : []),
      whole(configMaps, dns),
    ],
    federation: [whole(secrets, secret), before === undefined ? whole(clusters, cluster) : rejoined(before, cluster)],
  };
}

function whole<T extends KubeObject>(resource: Resource<T>, object: NewObject<T>): KubeObject {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
}
