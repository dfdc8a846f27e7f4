import { deepEqual } from '../../src/apimachinery/index.ts';
import { nodes, pods, type Pod } from '../../src/apis/index.ts';
import { apiObjectOf } from './api-objects.ts';
import { isMirrorPod, MIRROR_ANNOTATION } from './mirror-pod.ts';
import { quoted, type NodeWrite, type RestrictionDeps } from './node-write.ts';

/** Pods that a node runs by itself it may show and take away; of those that are bound to it, it tells how they are. */
export function checkPod(write: NodeWrite, deps: RestrictionDeps): void | Promise<void> {
  const { node, request, refuse } = write;
  const { operation, subresource } = request;
  switch (subresource) {
    case undefined:
      if (operation === 'CREATE') return checkMirrorPod(write, deps);
      if (operation === 'DELETE') {
        checkDeletion(write);
        return;
      }
      throw refuse(
        `unexpected operation ${quoted(operation)}, node ${quoted(node)} can only create and delete mirror pods`,
      );
    case 'status':
      checkStatus(write);
      return;
    case 'eviction':
      return checkEviction(write, deps);
    default:
      throw refuse(`unexpected pod subresource ${quoted(subresource)}, only 'status' and 'eviction' are allowed`);
  }
}

async function checkMirrorPod(write: NodeWrite, deps: RestrictionDeps): Promise<void> {
  const { node, request, refuse } = write;
  const pod = podOf(request.object);
  const self = `node ${quoted(node)}`;
  if (!isMirrorPod(pod)) {
    throw refuse(`pod does not have ${quoted(MIRROR_ANNOTATION)} annotation, ${self} can only create mirror pods`);
  }
  if (pod.spec?.nodeName !== node) throw refuse(`${self} can only create pods with spec.nodeName set to itself`);
  await checkOwner(pod, write, deps);
  const found = apiObjectOf(pod);
  if (found !== undefined) throw refuse(`${self} can not create pods that reference ${found}`);
}

/** The pod goes when the node does, and with nobody else. */
async function checkOwner(
  { metadata }: Pod,
  { node, signal, refuse }: NodeWrite,
  { own }: RestrictionDeps,
): Promise<void> {
  const self = `node ${quoted(node)}`;
  const [owner, ...others] = metadata.ownerReferences ?? [];
  if (others.length > 0) throw refuse(`${self} can only create pods with a single owner reference set to itself`);
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    throw refuse(`${self} can only create pods with an owner reference set to itself`);
  }
  if (owner.controller !== true) {
    throw refuse(`${self} can only create pods with a controller owner reference set to itself`);
  }
  if (owner.blockOwnerDeletion === true) {
    throw refuse(`${self} must not set blockOwnerDeletion on an owner reference`);
  }
  const { uid = '' } = (await own.get(nodes, { name: node }, { signal })).metadata;
  if (owner.uid !== uid) throw refuse(`node ${node} UID mismatch: expected ${owner.uid} got ${uid}`);
}

function checkDeletion({ node, request, refuse }: NodeWrite): void {
  if (podOf(request.oldObject).spec?.nodeName === node) return;
  throw refuse(`node ${quoted(node)} can only delete pods with spec.nodeName set to itself`);
}

function checkStatus({ node, request, refuse }: NodeWrite): void {
  if (request.operation !== 'UPDATE') throw refuse(`unexpected operation ${quoted(request.operation)}`);
  const self = `node ${quoted(node)}`;
  const [pod, old] = [podOf(request.object), podOf(request.oldObject)];
  if (old.spec?.nodeName !== node) {
    throw refuse(`${self} can only update pod status for pods with spec.nodeName set to itself`);
  }
  const changed = (part: (one: Pod) => unknown) => !deepEqual(part(pod), part(old));
  if (changed(({ metadata }) => metadata.labels ?? {})) {
    throw refuse(`${self} cannot update labels through pod status`);
  }
  if (changed(({ status }) => status?.resourceClaimStatuses ?? [])) {
    throw refuse(`${self} cannot update resource claim statues`);
  }
  if (changed(({ status }) => status?.extendedResourceClaimStatus)) {
    throw refuse(`${self} cannot update extended resource claim status`);
  }
}

async function checkEviction({ node, request, signal, refuse }: NodeWrite, { own }: RestrictionDeps): Promise<void> {
  const { operation, name, namespace = '' } = request;
  if (operation !== 'CREATE') throw refuse(`unexpected operation ${operation}`);
  const pod = await own.get(pods, { namespace, name }, { signal });
  if (pod.spec?.nodeName !== node) throw refuse(`node ${node} can only evict pods with spec.nodeName set to itself`);
}

function podOf(object: NodeWrite['request']['object']): Pod {
  // @NOTE the resource was checked, and writes of pods have a pod before or after them.
  return object as Pod;
}
