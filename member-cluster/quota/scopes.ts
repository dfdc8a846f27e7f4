import { groupResource, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { podQosClass, type PersistentVolumeClaim, type Pod, type ResourceQuota } from '../../src/apis/index.ts';

interface Requirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Whether a quota is of this object: it has all scopes that the quota names. Only pods and claims have any. */
export function isInScope({ spec }: ResourceQuota, resource: Resource, object: KubeObject): boolean {
  const requirements: readonly Requirement[] = [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
  // @NOTE the resource names the type of its objects.
  switch (groupResource(resource)) {
    case 'pods':
      return requirements.every((requirement) => isPodIn(requirement, object as Pod));
    case 'persistentvolumeclaims':
      return requirements.every((requirement) => isClaimIn(requirement, object as PersistentVolumeClaim));
    default:
      return requirements.length === 0;
  }
}

function isPodIn(requirement: Requirement, pod: Pod): boolean {
  const ends = (pod.spec?.activeDeadlineSeconds ?? -1) >= 0;
  switch (requirement.scopeName) {
    case 'Terminating':
      return ends;
    case 'NotTerminating':
      return !ends;
    case 'BestEffort':
      return podQosClass(pod) === 'BestEffort';
    case 'NotBestEffort':
      return podQosClass(pod) !== 'BestEffort';
    case 'PriorityClass':
      return holds(requirement, pod.spec?.priorityClassName ?? '');
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    default:
      return false;
  }
}

function isClaimIn(requirement: Requirement, { spec }: PersistentVolumeClaim): boolean {
  return requirement.scopeName === 'VolumeAttributesClass' && holds(requirement, spec?.volumeAttributesClassName ?? '');
}

function holds({ operator, values = [] }: Requirement, value: string): boolean {
  switch (operator) {
    case 'Exists':
      return value !== '';
    case 'DoesNotExist':
      return value === '';
    case 'In':
      return value !== '' && values.includes(value);
    case 'NotIn':
      return value === '' || !values.includes(value);
    default:
      return false;
  }
}

function crossesNamespaces({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  return [podAffinity, podAntiAffinity].some((affinity) => {
    const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return [...required, ...preferred.map(({ podAffinityTerm }) => podAffinityTerm)].some(
      ({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || namespaceSelector !== undefined,
    );
  });
}
