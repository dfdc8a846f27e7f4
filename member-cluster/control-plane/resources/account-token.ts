import {
  badRequest,
  conflict,
  formatTime,
  isNotFound,
  type KubeObject,
  type Resource,
} from '../../../src/apimachinery/index.ts';
import {
  pods,
  secrets,
  serviceAccounts,
  type BoundObjectReference,
  type ServiceAccount,
  type TokenRequest,
} from '../../../src/apis/index.ts';
import type { Subresource } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { ServiceAccountTokens } from '../service-account-tokens.ts';

const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

/** `serviceaccounts/token`: a token for an account, bound to an object if the request says so. */
export function accountToken(
  own: () => Client,
  tokens: ServiceAccountTokens,
  clock: Clock,
): Subresource<ServiceAccount> {
  return {
    type: 'create',
    name: 'token',
    body: {
      group: 'authentication.k8s.io',
      version: 'v1',
      kind: 'TokenRequest',
      schema: 'k8s.io/api/authentication/v1.TokenRequest',
    },
    async create(body, { key, signal }) {
      // @NOTE bodies are decoded as the kind that `body` names.
      const request = body as TokenRequest;
      const { audiences = [], expirationSeconds = DEFAULT_SECONDS, boundObjectRef } = request.spec ?? {};
      if (expirationSeconds < MIN_SECONDS || expirationSeconds > MAX_SECONDS) {
        throw badRequest(`spec.expirationSeconds: must be from ${MIN_SECONDS} to ${MAX_SECONDS}`);
      }
      const account = await own().get(serviceAccounts, key, { signal });
      const boundTo = await bound(own(), key.namespace ?? '', boundObjectRef, signal);
      const spec = { audiences: audiences.length === 0 ? [tokens.audience] : audiences, expirationSeconds };
      const token = await tokens.issue(account, {
        audiences: spec.audiences,
        expiresInSeconds: expirationSeconds,
        ...(boundTo === undefined ? {} : { boundTo }),
      });
      const expirationTimestamp = formatTime(clock.now() + expirationSeconds * 1000);
      return {
        ...request,
        metadata: { ...key, creationTimestamp: formatTime(clock.now()) },
        spec: { ...request.spec, ...spec },
        status: { token, expirationTimestamp },
      };
    },
  };
}

/** The reference with the uid that the object has now: a token must not outlive the very object. */
async function bound(
  own: Client,
  namespace: string,
  reference: BoundObjectReference | undefined,
  signal: AbortSignal,
): Promise<BoundObjectReference | undefined> {
  if (reference === undefined) return undefined;
  const { kind = '', name = '', uid } = reference;
  if (kind !== 'Pod' && kind !== 'Secret') throw badRequest(`cannot bind token to object of type ${kind}`);
  const resource: Resource = kind === 'Pod' ? pods : secrets;
  try {
    const { metadata } = await own.get<KubeObject>(resource, { namespace, name }, { signal });
    if (uid !== undefined && uid !== metadata.uid) {
      throw conflict(resource, name, 'the UID in the bound object reference does not match the UID in record');
    }
    return { ...reference, ...(metadata.uid === undefined ? {} : { uid: metadata.uid }) };
  } catch (err) {
    if (isNotFound(err)) throw badRequest(`no such ${kind.toLowerCase()}: ${name}`);
    throw err;
  }
}
