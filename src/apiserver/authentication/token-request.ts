import {
  badRequest,
  conflict,
  formatTime,
  invalid,
  invalidValue,
  isNotFound,
  type KubeObject,
} from '../../apimachinery/index.ts';
import type { Client } from '../../client/index.ts';
import type { Clock } from '../../component-base/index.ts';
import type { SubresourceRequest } from '../resource-definition.ts';
import type { BoundObject, IssueOptions, ServiceAccountTokens, TokenSubject } from './service-account-tokens.ts';
import { boundResources, serviceAccounts } from './token-objects.ts';

interface TokenRequest extends KubeObject {
  readonly spec?: {
    readonly audiences?: readonly string[];
    readonly expirationSeconds?: number;
    readonly boundObjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  };
}

const DEFAULT_SECONDS = 3_600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
/** What pods ask for that did not say how long: old programs in them read their token once, and are let go on. */
const EXTENDED_SECONDS = 3_607;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

export interface TokenRequestDeps {
  readonly tokens: ServiceAccountTokens;
  readonly own: () => Client;
  readonly clock: Clock;
}

/** Answers a POST to `serviceaccounts/token`. */
export function tokenRequestHandler(
  deps: TokenRequestDeps,
): (body: KubeObject, request: SubresourceRequest) => Promise<KubeObject> {
  const { tokens, own, clock } = deps;
  return async (body, { key, signal }) => {
    // @NOTE the server decoded the body against the schema of TokenRequest.
    const { spec = {} } = body as TokenRequest;
    const expirationSeconds = spec.expirationSeconds ?? DEFAULT_SECONDS;
    checkExpiration(expirationSeconds);
    const account = await own().get(serviceAccounts, key, { signal });
    const namespace = key.namespace ?? '';
    const subject: TokenSubject = {
      namespace,
      name: key.name,
      uid: account.metadata.uid ?? '',
      ...(await boundTo(own(), spec.boundObjectRef, { namespace, name: key.name }, signal)),
    };
    const audiences = spec.audiences === undefined || spec.audiences.length === 0 ? [tokens.issuer] : spec.audiences;
    const isForUs = audiences.every((audience) => audience === tokens.issuer);
    const { token } = await tokens.issue(subject, {
      audiences,
      ...lifetime(expirationSeconds, isForUs && subject.bound?.kind === 'Pod'),
    });
    return {
      ...body,
      metadata: { ...body.metadata, name: key.name, namespace, creationTimestamp: formatTime(clock.now()) },
      spec: { ...spec, audiences, expirationSeconds },
      status: { token, expirationTimestamp: formatTime(clock.now() + expirationSeconds * 1000) },
    } as KubeObject;
  };
}

function lifetime(expiresInSeconds: number, extensible: boolean): IssueOptions {
  if (!extensible || expiresInSeconds !== EXTENDED_SECONDS) return { expiresInSeconds };
  return { expiresInSeconds: YEAR_SECONDS, warnAfterSeconds: expiresInSeconds };
}

function checkExpiration(seconds: number): void {
  const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
  if (seconds < MIN_SECONDS) {
    throw invalid(kind, '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'),
    ]);
  }
  if (seconds > MAX_SECONDS) {
    throw invalid(kind, '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds'),
    ]);
  }
}

type BoundObjectRef = NonNullable<TokenRequest['spec']>['boundObjectRef'];

async function boundTo(
  own: Client,
  ref: BoundObjectRef,
  account: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<Pick<TokenSubject, 'bound' | 'node'>> {
  if (ref === undefined) return {};
  const { kind = '', name = '', uid } = ref;
  if (!isBindable(kind)) {
    throw badRequest(`cannot bind token for serviceaccount to object type ${kind}`);
  }
  const resource = boundResources[kind];
  const { namespace } = account;
  const object = await own.get(resource, resource.namespaced ? { namespace, name } : { name }, { signal });
  const actual = object.metadata.uid ?? '';
  if (uid !== undefined && uid !== '' && uid !== actual) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict(resource, name, why);
  }
  const bound: BoundObject = { kind, name, uid: actual };
  return kind === 'Pod' ? { bound, ...(await placeOf(own, object, account.name, signal)) } : { bound };
}

function isBindable(kind: string): kind is BoundObject['kind'] {
  return Object.hasOwn(boundResources, kind);
}

/** A pod's token says on which node it is, as long as that node is known. */
async function placeOf(
  own: Client,
  object: KubeObject,
  account: string,
  signal: AbortSignal,
): Promise<Pick<TokenSubject, 'node'>> {
  // @NOTE it was read as a Pod.
  const { spec = {} } = object as PodLike;
  if (spec.serviceAccountName !== account) {
    const name = JSON.stringify(account);
    throw badRequest(`cannot bind token for serviceaccount ${name} to pod running with different serviceaccount name.`);
  }
  const { nodeName: name = '' } = spec;
  if (name === '') return {};
  try {
    const node = await own.get(boundResources.Node, { name }, { signal });
    return { node: { name, uid: node.metadata.uid ?? '' } };
  } catch (err) {
    if (isNotFound(err)) return {};
    throw err;
  }
}

interface PodLike extends KubeObject {
  readonly spec?: { readonly serviceAccountName?: string; readonly nodeName?: string };
}
