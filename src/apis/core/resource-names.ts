const NATIVE = ['cpu', 'memory', 'ephemeral-storage'];
const HUGE_PAGES = 'hugepages-';

/** Of the cluster itself: no domain in front, or Kubernetes' own. */
function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

export function isHugePages(name: string): boolean {
  return name.startsWith(HUGE_PAGES);
}

/** What a container may ask for: the standard resources, or one with a domain in front. */
export function isContainerResource(name: string): boolean {
  return NATIVE.includes(name) || isHugePages(name) || name.includes('/');
}

/** What more may be promised of than there is. */
export function isOvercommittable(name: string): boolean {
  return isNativeResource(name) && !isHugePages(name);
}

/** Of a driver: a domain of others in front. */
export function isExtendedResource(name: string): boolean {
  return !isNativeResource(name) && !name.startsWith('requests.');
}

/** What is counted, not measured. */
export function isWholeNumber(name: string): boolean {
  return COUNTED.has(name) || isExtendedResource(name);
}

const COUNTED: ReadonlySet<string> = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

const COMPUTE_OF_QUOTA: readonly string[] = [
  ...NATIVE,
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
];

/** What a quota without a domain in its name may be of. */
export function isQuotaResource(name: string): boolean {
  return (
    COMPUTE_OF_QUOTA.includes(name) ||
    COUNTED.has(name) ||
    ['storage', 'requests.storage'].includes(name) ||
    isHugePages(name) ||
    name.startsWith(`requests.${HUGE_PAGES}`) ||
    name.startsWith('count/') ||
    name.includes('/')
  );
}

/** What a quota of some pods only may be of. */
export function isComputeOfQuota(name: string): boolean {
  return COMPUTE_OF_QUOTA.includes(name) || name === 'pods';
}
