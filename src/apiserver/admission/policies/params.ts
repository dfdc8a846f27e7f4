import {
  apiVersionOf,
  formatSelector,
  isNotFound,
  labelSelectorOf,
  type KubeObject,
  type Resource,
} from '../../../apimachinery/index.ts';
import type { Client } from '../../../client/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import type { ResourceDefinition } from '../../resource-definition.ts';
import type { ParamRef, PolicyBinding, PolicySpec } from './shapes.ts';

export interface ParamDeps {
  readonly own: Client;
  readonly served: () => readonly ResourceDefinition[];
}

/** What kept the params of a binding from being found: a failure of the policy, judged by its failurePolicy. */
export class ParamError extends Error {
  constructor(message: string) {
    super(`failed to configure binding: ${message}`);
    this.name = 'ParamError';
  }
}

/**
 * The objects with which a policy is evaluated once each; `[null]` for a policy or binding that has none. Empty when
 * the binding says that missing ones are no matter. Throws a `ParamError`.
 */
export async function findParams(
  { spec, binding }: { readonly spec: PolicySpec; readonly binding: PolicyBinding },
  request: AdmissionRequest,
  { own, served, signal }: ParamDeps & { readonly signal: AbortSignal },
): Promise<readonly (KubeObject | null)[]> {
  const { paramKind } = spec;
  const paramRef = binding.spec?.paramRef;
  if (paramKind === undefined || paramRef === undefined) return [null];
  const resource = served().find(
    ({ kind, ...rest }) => kind === paramKind.kind && apiVersionOf(rest) === paramKind.apiVersion,
  );
  if (resource === undefined) {
    throw new ParamError(
      `failed to find resource referenced by paramKind: '${paramKind.apiVersion ?? ''}, Kind=${paramKind.kind ?? ''}'`,
    );
  }
  const namespace = namespaceOfParams(resource, paramRef, request);
  const found = await read({ own, resource, paramRef, namespace, signal });
  if (found.length > 0) return found;
  if (paramRef.parameterNotFoundAction === 'Allow') return [];
  throw new ParamError('no params found for policy binding with `Deny` parameterNotFoundAction');
}

function namespaceOfParams(resource: Resource, paramRef: ParamRef, request: AdmissionRequest): string | undefined {
  const { namespace = '' } = paramRef;
  if (!resource.namespaced) {
    if (namespace === '') return undefined;
    throw new ParamError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  }
  if (namespace !== '') return namespace;
  if (request.resource.namespaced && request.namespace !== undefined) return request.namespace;
  throw new ParamError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
}

interface ParamQuery {
  readonly own: Client;
  readonly resource: Resource;
  readonly paramRef: ParamRef;
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
}

async function read({ own, resource, paramRef, namespace, signal }: ParamQuery): Promise<readonly KubeObject[]> {
  const place = namespace === undefined ? {} : { namespace };
  const { name = '', selector } = paramRef;
  if (name === '') {
    const labelSelector = formatSelector(labelSelectorOf(selector ?? {}));
    return (await own.list(resource, { ...place, labelSelector, signal })).items;
  }
  try {
    return [await own.get(resource, { ...place, name }, { signal })];
  } catch (err) {
    if (isNotFound(err)) return [];
    throw err;
  }
}
