import { ruleAllows, type AuthorizationAttributes, type Authorizer, type UserInfo } from '../../src/apiserver/index.ts';
import { nodeRules } from '../../src/rbac/index.ts';
import { nodeOf } from './node-identity.ts';
import type { IsRelated, RelatedKind } from './node-relations.ts';

type Target = NonNullable<AuthorizationAttributes['resource']>;

/** A request of a node about a resource. */
interface Asked {
  readonly node: string;
  readonly verb: string;
  readonly target: Target;
  readonly isRelated: IsRelated;
}

/** Why not, and `undefined` where the node may; an empty text where there is no more to say. */
type Refusal = string | undefined;
type Rule = (asked: Asked) => Refusal | Promise<Refusal>;

const LEASE_NAMESPACE = 'kube-node-lease';
const OWN_VERBS: readonly string[] = ['get', 'create', 'update', 'patch', 'delete'];
const ALLOWED = undefined;
const NO_MORE_TO_SAY = '';

/** `Node` of `--authorization-mode`: a node may see and do what the pods need that are bound to it, and no more. */
export function nodeAuthorizer(isRelated: IsRelated): Authorizer {
  return async (attributes) => {
    const node = nodeOf(attributes.user);
    if (node === undefined) return { allowed: false };
    if (node === '') {
      return { allowed: false, reason: `unknown node for user ${JSON.stringify(attributes.user.username)}` };
    }
    const { verb, resource: target } = attributes;
    const rule = target === undefined ? undefined : RULES.get(resourceKey(target));
    if (target === undefined || rule === undefined) {
      return { allowed: nodeRules.some((allowing) => ruleAllows(allowing, attributes)) };
    }
    const reason = await rule({ node, verb, target, isRelated });
    return reason === ALLOWED ? { allowed: true } : { allowed: false, reason };
  };
}

/** Why not all that a user may do can be listed; `undefined` of those of whom it can. */
export function rulesUnknownOf(user: UserInfo): string | undefined {
  return nodeOf(user) === undefined ? undefined : 'node authorizer does not support user rule resolution';
}

/** Upstream's words, by which clients and people know why. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['/secrets', (asked) => readsNamespaced(asked, 'secrets')],
  ['/configmaps', (asked) => readsNamespaced(asked, 'configmaps')],
  ['/persistentvolumeclaims', (asked) => (asked.target.subresource === 'status' ? tellsOfClaim : getsClaim)(asked)],
  ['/persistentvolumes', (asked) => gets(asked, 'persistentvolumes')],
  ['resource.k8s.io/resourceclaims', (asked) => gets(asked, 'resourceclaims')],
  ['storage.k8s.io/volumeattachments', (asked) => gets(asked, 'volumeattachments')],
  ['/serviceaccounts', usesAccount],
  ['coordination.k8s.io/leases', keepsLease],
  ['storage.k8s.io/csinodes', keepsCsiNode],
  ['resource.k8s.io/resourceslices', offersDevices],
  ['/nodes', keepsNode],
  ['/pods', runsPods],
]);

function resourceKey({ group, plural }: Pick<Target, 'group' | 'plural'>): string {
  return `${group}/${plural}`;
}

const getsClaim: Rule = (asked) => gets(asked, 'persistentvolumeclaims');

const tellsOfClaim: Rule = (asked) =>
  ['update', 'patch'].includes(asked.verb)
    ? related(asked, 'persistentvolumeclaims')
    : 'can only get/update/patch this type';

function gets(asked: Asked, kind: RelatedKind): Refusal | Promise<Refusal> {
  if (asked.verb !== 'get') return 'can only get individual resources of this type';
  return asked.target.subresource === undefined ? related(asked, kind) : 'cannot get subresource';
}

function readsNamespaced(asked: Asked, kind: RelatedKind): Refusal | Promise<Refusal> {
  const { verb, target } = asked;
  if (!['get', 'list', 'watch'].includes(verb)) return 'can only read resources of this type';
  if (target.subresource !== undefined) return 'cannot read subresource';
  if (target.namespace === undefined) return 'can only read namespaced object of this type';
  return related(asked, kind);
}

async function related({ node, target, isRelated }: Asked, kind: RelatedKind): Promise<Refusal> {
  const { namespace = '', name = '' } = target;
  if (name === '') return 'No Object name found';
  if (await isRelated(node, { kind, namespace, name })) return ALLOWED;
  return `no relationship found between node '${node}' and this object`;
}

function usesAccount(asked: Asked): Refusal | Promise<Refusal> {
  const { verb, target } = asked;
  if (verb === 'get' && target.subresource === undefined) return readsNamespaced(asked, 'serviceaccounts');
  if (verb !== 'create' || target.name === undefined) {
    return 'can only create tokens for individual service accounts';
  }
  if (target.subresource !== 'token') return 'can only create token subresource of serviceaccount';
  return related(asked, 'serviceaccounts');
}

/** Whose a new one is, its name says, which is for admission to see. */
function keepsLease({ node, verb, target }: Asked): Refusal {
  if (!OWN_VERBS.includes(verb)) return 'can only get, create, update, patch, or delete a node lease';
  if (target.namespace !== LEASE_NAMESPACE)
    return `can only access leases in the "${LEASE_NAMESPACE}" system namespace`;
  return verb === 'create' || target.name === node
    ? ALLOWED
    : 'can only access node lease with the same name as the requesting node';
}

function keepsCsiNode({ node, verb, target }: Asked): Refusal {
  if (!OWN_VERBS.includes(verb)) return 'can only get, create, update, patch, or delete a CSINode';
  if (target.subresource !== undefined) return 'cannot authorize CSINode subresources';
  return verb === 'create' || target.name === node
    ? ALLOWED
    : 'can only access CSINode with the same name as the requesting node';
}

function offersDevices(asked: Asked): Refusal | Promise<Refusal> {
  const { target } = asked;
  if (target.subresource !== undefined) return 'cannot authorize ResourceSlice subresources';
  switch (asked.verb) {
    case 'create':
      return ALLOWED;
    case 'get':
    case 'update':
    case 'patch':
    case 'delete':
      return related(asked, 'resourceslices');
    case 'watch':
    case 'list':
    case 'deletecollection':
      return selectsOwn(asked, 'spec.nodeName')
        ? ALLOWED
        : 'can only list/watch/deletecollection resourceslices with nodeName field selector';
    default:
      return 'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection';
  }
}

function selectsOwn({ node, target }: Asked, field: string): boolean {
  const terms = target.fieldSelector ?? [];
  return terms.some((term) => term.field === field && term.operator === '=' && term.value === node);
}

/** A node reads its own Node even before there is one; which one it writes is for admission to see. */
function keepsNode({ node, verb, target }: Asked): Refusal {
  if (target.subresource === 'status') return ['update', 'patch'].includes(verb) ? ALLOWED : NO_MORE_TO_SAY;
  if (target.subresource !== undefined) return NO_MORE_TO_SAY;
  if (['create', 'update', 'patch'].includes(verb)) return ALLOWED;
  if (!['get', 'list', 'watch'].includes(verb)) return NO_MORE_TO_SAY;
  if (target.name === node) return ALLOWED;
  return target.name === undefined
    ? `node '${node}' cannot read all nodes, only its own Node object`
    : `node '${node}' cannot read '${target.name}', only its own Node object`;
}

function runsPods(asked: Asked): Refusal | Promise<Refusal> {
  const { verb, target } = asked;
  switch (target.subresource) {
    case undefined:
      return ['create', 'delete'].includes(verb) ? ALLOWED : readsPods(asked);
    case 'status':
      return ['update', 'patch'].includes(verb) ? ALLOWED : NO_MORE_TO_SAY;
    case 'eviction':
      return verb === 'create' ? ALLOWED : NO_MORE_TO_SAY;
    default:
      return NO_MORE_TO_SAY;
  }
}

function readsPods(asked: Asked): Refusal | Promise<Refusal> {
  if (asked.verb === 'get') return related(asked, 'pods');
  if (asked.verb !== 'list' && asked.verb !== 'watch') return NO_MORE_TO_SAY;
  if (selectsOwn(asked, 'spec.nodeName')) return ALLOWED;
  return asked.target.name === undefined
    ? 'can only list/watch pods with spec.nodeName field selector'
    : related(asked, 'pods');
}
