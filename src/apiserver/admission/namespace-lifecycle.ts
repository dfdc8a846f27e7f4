import {
  forbidden,
  isNotFound,
  isObject,
  notFound,
  withLabel,
  type KubeObject,
  type Resource,
} from '../../apimachinery/index.ts';
import type { Client } from '../../client/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';

export interface NamespaceLifecycleOptions {
  /** May not be deleted. */
  readonly immortal?: readonly string[];
}

const namespaces: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

const IMMORTAL = ['default', 'kube-system', 'kube-public'];
const NAME_LABEL = 'kubernetes.io/metadata.name';
/** Questions about what somebody may do are answered for namespaces that do not exist as well. */
const ACCESS_REVIEW_GROUP = 'authorization.k8s.io';

/** Nothing is created in a namespace that is missing or on its way out, and some namespaces stay for good. */
export function namespaceLifecycle(
  own: Client,
  { immortal = IMMORTAL }: NamespaceLifecycleOptions = {},
): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: (request) => isNamespace(request) || isCreateWithin(request),
    mutate: async (request) => labelled(request),
    validate: async (request, signal) => {
      if (isNamespace(request)) checkImmortal(request, immortal);
      else await checkNamespace(own, request, signal);
    },
  };
}

function isNamespace({ resource }: AdmissionRequest): boolean {
  return resource.group === '' && resource.plural === 'namespaces';
}

function isCreateWithin({ operation, namespace, resource }: AdmissionRequest): boolean {
  return operation === 'CREATE' && namespace !== undefined && resource.group !== ACCESS_REVIEW_GROUP;
}

/** Selectors on namespaces may count on the label that is the name. */
function labelled(request: AdmissionRequest): KubeObject {
  const { object, name } = request;
  if (object === undefined) throw new TypeError('a deletion is not mutated');
  const called = object.metadata.name ?? name;
  return isNamespace(request) && called !== '' ? withLabel(object, NAME_LABEL, called) : object;
}

function checkImmortal({ operation, name }: AdmissionRequest, immortal: readonly string[]): void {
  if (operation !== 'DELETE' || !immortal.includes(name)) return;
  throw forbidden(namespaces, name, 'this namespace may not be deleted');
}

async function checkNamespace(own: Client, request: AdmissionRequest, signal: AbortSignal): Promise<void> {
  const { namespace = '', resource, name } = request;
  const found = await own.get(namespaces, { name: namespace }, { signal }).catch((err: unknown) => {
    if (isNotFound(err)) throw notFound(namespaces, namespace);
    throw err;
  });
  if (found.metadata.deletionTimestamp === undefined && phaseOf(found) !== 'Terminating') return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  throw forbidden(resource, name, why, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]);
}

function phaseOf(namespace: KubeObject): unknown {
  const status: unknown = 'status' in namespace ? namespace.status : undefined;
  return isObject(status) ? status['phase'] : undefined;
}
