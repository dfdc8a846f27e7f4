import type { KubeObject, ObjectKey, Resource } from '../../src/apimachinery/index.ts';
import {
  csiDrivers,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type Pod,
  type TokenRequest,
  type Volume,
} from '../../src/apis/index.ts';
import { csiDriverOf } from './csi-driver.ts';
import { findObject } from './find-object.ts';
import { quoted, type NodeWrite, type RestrictionDeps } from './node-write.ts';
import { claimOf, projectionsOf, volumesOf } from './pod-references.ts';

/** Who may do this with an audience may have tokens for it that no volume asks for. */
const AUDIENCE_VERB = 'request-serviceaccounts-token-audience';

/** A node gets tokens for the pods that it runs, bound to them, and for whom their volumes name. */
export async function checkTokenRequest(write: NodeWrite, deps: RestrictionDeps): Promise<void> {
  const { request } = write;
  if (request.operation !== 'CREATE' || request.subresource !== 'token') return;
  // @NOTE the body of this subresource was decoded as a TokenRequest.
  const { boundObjectRef = {}, audiences = [] } = (request.object as TokenRequest).spec ?? {};
  const pod = await boundPod(boundObjectRef, write, deps);
  await checkAudience(write, { pod, audiences }, deps);
}

async function boundPod(
  { apiVersion, kind, name = '', uid = '' }: BoundObjectReference,
  { node, request, signal, refuse }: NodeWrite,
  { own }: RestrictionDeps,
): Promise<Pod> {
  if (apiVersion !== 'v1' || kind !== 'Pod' || name === '') throw refuse('node requested token not bound to a pod');
  if (uid === '') throw refuse('node requested token with a pod binding without a uid');
  const pod = await own.get(pods, { namespace: request.namespace ?? '', name }, { signal });
  if (pod.metadata.uid !== uid) {
    throw refuse(
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  if (pod.spec?.nodeName !== node) throw refuse('node requested token bound to a pod scheduled on a different node');
  return pod;
}

type BoundObjectReference = NonNullable<NonNullable<TokenRequest['spec']>['boundObjectRef']>;

interface Wanted {
  readonly pod: Pod;
  readonly audiences: readonly string[];
}

async function checkAudience(write: NodeWrite, { pod, audiences }: Wanted, deps: RestrictionDeps): Promise<void> {
  const { request, signal, refuse } = write;
  if (audiences.length > 1) throw refuse('node may only request 0 or 1 audiences');
  const [audience = ''] = audiences;
  if (await namesAudience(pod, audience, (resource, key) => findObject(deps.own, resource, key, { signal }))) return;
  const { user, name, namespace = '' } = request;
  const resource = { group: '', version: 'v1', plural: audience, name, namespace };
  if ((await deps.authorizer({ user, verb: AUDIENCE_VERB, resource })).allowed) return;
  const who = `${user.username} is not authorized to request tokens for this audience`;
  throw refuse(`audience ${quoted(audience)} not found in pod spec volume, ${who}`);
}

/** An object, if there is one of that name. */
type Find = <T extends KubeObject>(resource: Resource<T>, key: ObjectKey) => Promise<T | undefined>;

async function namesAudience(pod: Pod, audience: string, find: Find): Promise<boolean> {
  for (const volume of volumesOf(pod)) {
    const tokens = projectionsOf(volume).map(({ serviceAccountToken }) => serviceAccountToken);
    if (tokens.some((token) => token !== undefined && (token.audience ?? '') === audience)) return true;
    const driver = await driverOf(pod, volume, find);
    if (driver === undefined) continue;
    const requests = (await find(csiDrivers, { name: driver }))?.spec.tokenRequests ?? [];
    if (requests.some((request) => request.audience === audience)) return true;
  }
  return false;
}

/** What mounts the volume, which may need tokens to do it. */
async function driverOf(pod: Pod, volume: Volume, find: Find): Promise<string | undefined> {
  const name = claimOf(pod, volume);
  if (name === undefined) return csiDriverOf(volume);
  const claim = await find(persistentVolumeClaims, { namespace: pod.metadata.namespace ?? '', name });
  const { volumeName = '' } = claim?.spec ?? {};
  const { spec = {} } = (volumeName === '' ? undefined : await find(persistentVolumes, { name: volumeName })) ?? {};
  return csiDriverOf(spec);
}
