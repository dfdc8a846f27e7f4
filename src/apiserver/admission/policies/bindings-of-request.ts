import type { KubeObject } from '../../../apimachinery/index.ts';
import { AuthorizerBook, type CelAuthorizationCheck, type CelAuthorizationDecision } from '../../../cel/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import type { UserInfo } from '../../resource-definition.ts';
import type { Authorizer } from '../../security.ts';
import { shownObject, type Equivalent } from '../matching/equivalents.ts';
import { requestVariable } from './request-variable.ts';

/** The values of the variables of one request: everything that does not depend on the policy. */
export interface RequestBindings {
  readonly values: Readonly<Record<string, unknown>>;
  /** To evaluate under: expressions may ask the authorizer. */
  readonly book: AuthorizerBook;
}

export interface BindingDeps {
  readonly authorizer: Authorizer;
  readonly namespaceObject: KubeObject | undefined;
}

export async function bindingsOf(
  request: AdmissionRequest,
  matched: Equivalent,
  { authorizer, namespaceObject }: BindingDeps,
): Promise<RequestBindings> {
  const book = new AuthorizerBook((check) => authorize(authorizer, request.user, check));
  const { group, plural } = matched.resource;
  const { subresource = '', namespace = '', name } = request;
  const values = {
    object: await shownObject(request.object, request, matched),
    oldObject: await shownObject(request.oldObject, request, matched),
    request: requestVariable(request, matched),
    namespaceObject: namespaceObject ?? null,
    authorizer: book.authorizer,
    'authorizer.requestResource': book.requestResource({ group, resource: plural, subresource, namespace, name }),
  };
  return { values, book };
}

async function authorize(
  authorizer: Authorizer,
  requester: UserInfo,
  check: CelAuthorizationCheck,
): Promise<CelAuthorizationDecision> {
  const user = check.serviceAccount === undefined ? requester : serviceAccountUser(check.serviceAccount);
  try {
    const { allowed, reason = '' } = await authorizer({ user, verb: check.verb, ...targetOf(check) });
    return { allowed, reason };
  } catch (err) {
    return { allowed: false, reason: '', error: err instanceof Error ? err.message : String(err) };
  }
}

function targetOf({ path, group, resource, subresource, namespace, name }: CelAuthorizationCheck) {
  if (path !== undefined) return { path };
  return {
    resource: {
      group,
      version: '*',
      plural: resource,
      ...(subresource === '' ? {} : { subresource }),
      ...(namespace === '' ? {} : { namespace }),
      ...(name === '' ? {} : { name }),
    },
  };
}

function serviceAccountUser({ namespace, name }: { readonly namespace: string; readonly name: string }): UserInfo {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
