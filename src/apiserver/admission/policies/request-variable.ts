import type { Resource } from '../../../apimachinery/index.ts';
import type { AdmissionRequest, BodyKind } from '../../admission.ts';
import type { Equivalent } from '../matching/equivalents.ts';

/** `matched`: as which resource the request is shown; it may be another version of the requested one. */
export function requestVariable(request: AdmissionRequest, matched: Pick<Equivalent, 'resource' | 'body'>): object {
  const { subresource = '', name, namespace = '', operation, user, dryRun } = request;
  return {
    kind: kindOf(matched.body ?? matched.resource),
    resource: resourceOf(matched.resource),
    ...(subresource === '' ? {} : { subResource: subresource, requestSubResource: subresource }),
    requestKind: kindOf(request.body ?? request.resource),
    requestResource: resourceOf(request.resource),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: userInfo(user),
    dryRun,
    options: optionsOf(request),
  };
}

/** `null` for connections, which have their options as their object. */
function optionsOf({ operation, verb, dryRun }: AdmissionRequest): object | null {
  if (operation === 'CONNECT') return null;
  const kind = operation === 'UPDATE' && verb === 'patch' ? 'PatchOptions' : OPTIONS[operation];
  return { kind, apiVersion: 'meta.k8s.io/v1', ...(dryRun ? { dryRun: ['All'] } : {}) };
}

const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' };

function userInfo({ username, uid = '', groups, extra }: AdmissionRequest['user']): object {
  return {
    username,
    ...(uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(extra === undefined ? {} : { extra }),
  };
}

function kindOf({ group, version, kind }: BodyKind | Resource): object {
  return { group, version, kind };
}

function resourceOf({ group, version, plural }: Resource): object {
  return { group, version, resource: plural };
}
