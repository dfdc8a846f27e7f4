import {
  apiVersionOf,
  deepEqual,
  forbidden,
  groupResource,
  type OwnerReference,
  type StatusError,
} from '../../../src/apimachinery/index.ts';
import type {
  AdmissionPlugin,
  AdmissionRequest,
  Authorizer,
  ResourceDefinition,
} from '../../../src/apiserver/index.ts';

export interface OwnerReferencesDeps {
  readonly authorizer: Authorizer;
  /** Everything that the server serves. */
  readonly served: () => readonly ResourceDefinition[];
}

/**
 * Who says whose an object is decides when it is deleted, so he must be one who may delete it; and who makes an owner
 * wait for it must be one who may change the owner's finalizers.
 */
export function ownerReferencesPermissions(deps: OwnerReferencesDeps): AdmissionPlugin {
  return {
    name: 'OwnerReferencesPermissionEnforcement',
    handles: ({ operation, resource, subresource }) => {
      // What kubelets report cannot change it.
      const isReport = groupResource(resource) === 'pods' && subresource === 'status';
      return (operation === 'CREATE' || operation === 'UPDATE') && !isReport;
    },
    async validate(request) {
      if (!isChanged(request)) return;
      const { authorizer } = deps;
      const { user, resource, subresource, namespace, name } = request;
      const { group, version, plural } = resource;
      const object = {
        ...{ group, version, plural, name },
        ...(subresource === undefined ? {} : { subresource }),
        ...(namespace === undefined ? {} : { namespace }),
      };
      const { allowed, reason } = await authorizer({ user, verb: 'delete', resource: object });
      if (!allowed) throw refusal(request, "cannot set an ownerRef on a resource you can't delete", reason);
      for (const reference of newBlocking(request)) await checkBlocking(deps, request, reference);
    },
  };
}

async function checkBlocking(
  { authorizer, served }: OwnerReferencesDeps,
  request: AdmissionRequest,
  { apiVersion, kind, name }: OwnerReference,
): Promise<void> {
  const owners = served().filter((each) => each.kind === kind && apiVersionOf(each) === apiVersion);
  if (owners.length === 0) {
    const why = `cannot find RESTMapping for APIVersion ${apiVersion} Kind ${kind}`;
    const cause = `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`;
    throw forbidden(
      request.resource,
      request.name,
      `cannot set blockOwnerDeletion in this case because ${why}: ${cause}`,
    );
  }
  for (const { group, version, plural, namespaced } of owners) {
    const place = namespaced && request.namespace !== undefined ? { namespace: request.namespace } : {};
    const resource = { group, version, plural, name, subresource: 'finalizers', ...place };
    const { allowed, reason } = await authorizer({ user: request.user, verb: 'update', resource });
    if (allowed) continue;
    const why = "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on";
    throw refusal(request, why, reason);
  }
}

/** As Kubernetes prints a reason and no error. */
function refusal({ resource, name }: AdmissionRequest, why: string, reason = ''): StatusError {
  return forbidden(resource, name, `${why}: ${reason}, <nil>`);
}

function ownersOf(object: AdmissionRequest['object']): readonly OwnerReference[] {
  return object?.metadata.ownerReferences ?? [];
}

function isChanged({ object, oldObject }: AdmissionRequest): boolean {
  return !deepEqual(ownersOf(object), ownersOf(oldObject));
}

/** References that make an owner wait and did not before. */
function newBlocking({ object, oldObject }: AdmissionRequest): readonly OwnerReference[] {
  const before = new Set(ownersOf(oldObject).flatMap((owner) => (owner.blockOwnerDeletion === true ? owner.uid : [])));
  return ownersOf(object).filter(({ blockOwnerDeletion, uid }) => blockOwnerDeletion === true && !before.has(uid));
}
