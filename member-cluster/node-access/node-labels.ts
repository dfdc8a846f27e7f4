type Labels = Readonly<Record<string, string>>;

const RESERVED = 'node-restriction.kubernetes.io';
const KUBERNETES: readonly string[] = ['kubernetes.io', 'k8s.io'];
const OPEN: readonly string[] = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const KNOWN: ReadonlySet<string> = new Set([
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
]);

/** Of the labels that differ, those that no node may give itself: with them it could draw pods that are not for it. */
export function forbiddenChanges(labels: Labels = {}, old: Labels = {}): readonly string[] {
  const changed = [...new Set([...Object.keys(labels), ...Object.keys(old)])].filter((key) => labels[key] !== old[key]);
  return changed.filter((key) => !mayNodeSet(key)).toSorted();
}

/** Whether a node may give itself a label of this name. */
export function mayNodeSet(key: string): boolean {
  const slash = key.indexOf('/');
  const domain = slash < 0 ? '' : key.slice(0, slash);
  if (isWithin(domain, [RESERVED])) return false;
  return !isWithin(domain, KUBERNETES) || KNOWN.has(key) || isWithin(domain, OPEN);
}

function isWithin(domain: string, parents: readonly string[]): boolean {
  return parents.some((parent) => domain === parent || domain.endsWith(`.${parent}`));
}
