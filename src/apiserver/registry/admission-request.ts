import type { KubeObject, ObjectKey } from '../../apimachinery/index.ts';
import type { AdmissionRequest, BodyKind } from '../admission.ts';
import type { RegistryDeps, WriteRequest } from './deps.ts';

interface About {
  readonly operation: AdmissionRequest['operation'];
  readonly key: ObjectKey;
  readonly body?: BodyKind;
  readonly object?: KubeObject;
  readonly oldObject?: KubeObject;
}

/** What plugins are told of a write. */
export function admissionRequest(
  { definition }: Pick<RegistryDeps, 'definition'>,
  { user, verb, dryRun, warn, annotate, subresource }: WriteRequest,
  { operation, key, body, object, oldObject }: About,
): AdmissionRequest {
  const namespace = key.namespace ?? object?.metadata.namespace ?? oldObject?.metadata.namespace;
  return {
    attempt: {},
    operation,
    verb,
    resource: definition,
    name: key.name,
    user,
    dryRun,
    warn,
    annotate,
    ...(subresource === undefined ? {} : { subresource }),
    ...(body === undefined ? {} : { body }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(object === undefined ? {} : { object }),
    ...(oldObject === undefined ? {} : { oldObject }),
  };
}
