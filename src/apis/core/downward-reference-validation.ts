import { invalidValue, labelKeyProblems, notSupported, required, type FieldError } from '../../apimachinery/index.ts';
import { invalidBy } from '../field-rules.ts';
import type { ObjectFieldSelector, ResourceFieldSelector } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { isHugePages } from './resource-names.ts';

/** What of a pod has a name by which it can be asked for, in files or in variables. */
const KNOWN = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.phase',
  'status.podIP',
  'status.podIPs',
];

export function validateFieldReference(
  field: string,
  { apiVersion = '', fieldPath = '' }: Sent<ObjectFieldSelector>,
  supported: readonly string[],
): readonly FieldError[] {
  if (apiVersion === '') return [required(`${field}.apiVersion`)];
  const where = `${field}.fieldPath`;
  if (fieldPath === '') return [required(where)];
  const [, map, key] = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (map !== undefined && key !== undefined) {
    return invalidBy(where, key, labelKeyProblems(map.endsWith('annotations') ? key.toLowerCase() : key));
  }
  if (!KNOWN.includes(fieldPath)) {
    return [invalidValue(where, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
  }
  return supported.includes(fieldPath) ? [] : [notSupported(where, fieldPath, supported)];
}

const AMOUNTS = ['cpu', 'ephemeral-storage', 'memory'].flatMap((name) => [`limits.${name}`, `requests.${name}`]);

export function validateResourceReference(
  field: string,
  { containerName = '', resource = '', divisor }: Sent<ResourceFieldSelector>,
  isOfVolume: boolean,
): readonly FieldError[] {
  if (isOfVolume && containerName === '') return [required(`${field}.containerName`)];
  if (resource === '') return [required(`${field}.resource`)];
  const name = resource.replace(/^(limits|requests)\./, '');
  if (!AMOUNTS.includes(resource) && !isHugePages(name)) {
    return [notSupported(`${field}.resource`, resource, AMOUNTS)];
  }
  return divisorErrors(`${field}.divisor`, name, divisor ?? '0');
}

const DIVISORS: Readonly<Record<'cpu' | 'bytes', RegExp>> = {
  cpu: /^(0|1m?)$/,
  bytes: /^(0|1([kMGTPE]|[KMGTPE]i)?)$/,
};

function divisorErrors(field: string, name: string, divisor: string): readonly FieldError[] {
  if (DIVISORS[name === 'cpu' ? 'cpu' : 'bytes'].test(divisor)) return [];
  const supported = name === 'cpu' ? '1m and 1' : '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei';
  return [invalidValue(field, divisor, `only divisor's values ${supported} are supported with the ${name} resource`)];
}
