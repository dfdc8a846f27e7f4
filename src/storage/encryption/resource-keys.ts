const REGISTRY = '/registry/';

/** Plurals that stand right behind `/registry/`: what else stands there is a group. */
const CORE = new Set([
  'configmaps',
  'endpoints',
  'events',
  'limitranges',
  'namespaces',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'serviceaccounts',
  'services',
]);

/** `secrets.` or `deployments.apps`: the resource whose object is stored under a key. */
export function resourceOfKey(key: string): string {
  if (!key.startsWith(REGISTRY)) return '';
  const first = key.slice(REGISTRY.length, key.indexOf('/', REGISTRY.length));
  if (CORE.has(first)) return `${first}.`;
  const start = REGISTRY.length + first.length + 1;
  return `${key.slice(start, key.indexOf('/', start))}.${first}`;
}

/** Whether a name as configurations have it, `secrets`, `*.apps`, `*.*`, means a resource. */
export function names(name: string, resource: string): boolean {
  if (name === '*.*') return true;
  const full = name.includes('.') ? name : `${name}.`;
  return full.startsWith('*.') ? resource.slice(resource.indexOf('.')) === full.slice(1) : resource === full;
}
