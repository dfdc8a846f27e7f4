import { forbidden, groupResource } from '../../src/apimachinery/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../src/apiserver/index.ts';
import { nodeOf } from './node-identity.ts';
import { quoted, type NodeWrite, type RestrictionDeps } from './node-write.ts';
import { checkClaim } from './restrict-claim.ts';
import { checkNode } from './restrict-node.ts';
import { checkCertificateRequest, checkCsiNode, checkLease, checkResourceSlice } from './restrict-own-objects.ts';
import { checkPod } from './restrict-pod.ts';
import { checkTokenRequest } from './restrict-token.ts';

type Check = (write: NodeWrite, deps: RestrictionDeps) => void | Promise<void>;

const OPERATIONS: readonly string[] = ['CREATE', 'UPDATE', 'DELETE'];

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['pods', checkPod],
  ['nodes', checkNode],
  ['persistentvolumeclaims', checkClaim],
  ['serviceaccounts', checkTokenRequest],
  ['leases.coordination.k8s.io', checkLease],
  ['csinodes.storage.k8s.io', checkCsiNode],
  ['resourceslices.resource.k8s.io', checkResourceSlice],
  ['certificatesigningrequests.certificates.k8s.io', checkCertificateRequest],
]);

/** What nodes may write of what they are authorized to write: what is theirs, and no more of it than they need. */
export function nodeRestriction(deps: RestrictionDeps): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    handles: ({ user, operation }) => nodeOf(user) !== undefined && OPERATIONS.includes(operation),
    // What is sent counts, and not what later plugins and the rules of its kind make of it.
    async mutate(request, signal) {
      await check(request, signal, deps);
      if (request.object === undefined) throw new TypeError('a deletion is not mutated');
      return request.object;
    },
    async validate(request, signal) {
      if (request.operation === 'DELETE') await check(request, signal, deps);
    },
  };
}

async function check(request: AdmissionRequest, signal: AbortSignal, deps: RestrictionDeps): Promise<void> {
  const { user, resource, name } = request;
  const node = nodeOf(user) ?? '';
  const refuse = (why: string) => forbidden(resource, name, why);
  if (node === '') throw refuse(`could not determine node from user ${quoted(user.username)}`);
  await CHECKS.get(groupResource(resource))?.({ node, request, signal, refuse }, deps);
}
