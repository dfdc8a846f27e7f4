import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  duplicate,
  forbiddenField,
  required,
  validateLabels,
  type FieldError,
} from '../../apimachinery/index.ts';
import { definedOnly, invalidBy, nonNegative, requiredName, requiredOneOf, within } from '../field-rules.ts';
import type { PodSpec, Volume } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateContainers } from './container-validation.ts';
import { validateTolerations } from './toleration-validation.ts';

type Spec = Sent<PodSpec>;

const MAX_INT32 = 2_147_483_647;

/** The rules of a pod, also of one that is only a template. */
export function validatePodSpec(field: string, sent: PodSpec | undefined): readonly FieldError[] {
  const spec: Spec = sent ?? {};
  return [
    ...validateVolumes(`${field}.volumes`, spec.volumes ?? []),
    ...validateContainers(field, spec),
    ...requiredOneOf(`${field}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...requiredOneOf(`${field}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...validateTimes(field, spec),
    ...validateNames(field, spec),
    ...validateLabels(`${field}.nodeSelector`, definedOnly(spec.nodeSelector)),
    ...validateTolerations(`${field}.tolerations`, spec.tolerations ?? []),
    ...validateDns(field, spec),
  ];
}

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

function validateTimes(field: string, spec: Spec): readonly FieldError[] {
  return [
    ...nonNegative(`${field}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds),
    ...within(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, [1, MAX_INT32]),
  ];
}

function validateNames(field: string, spec: Spec): readonly FieldError[] {
  const { serviceAccountName = '', nodeName = '', hostname = '', subdomain = '', priorityClassName = '' } = spec;
  const check = (name: string, value: string, problemsOf: (name: string) => readonly string[]) =>
    value === '' ? [] : invalidBy(`${field}.${name}`, value, problemsOf(value));
  return [
    ...check('serviceAccountName', serviceAccountName, dnsSubdomainProblems),
    ...check('nodeName', nodeName, dnsSubdomainProblems),
    ...check('hostname', hostname, dnsLabelProblems),
    ...check('subdomain', subdomain, dnsLabelProblems),
    ...check('priorityClassName', priorityClassName, dnsSubdomainProblems),
    ...check('runtimeClassName', spec.runtimeClassName ?? '', dnsSubdomainProblems),
  ];
}

function validateDns(field: string, { dnsPolicy, dnsConfig }: Spec): readonly FieldError[] {
  if (dnsPolicy !== 'None' || (dnsConfig?.nameservers ?? []).length > 0) return [];
  return [
    required(`${field}.dnsConfig.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
  ];
}

function validateVolumes(field: string, volumes: readonly Sent<Volume>[]): readonly FieldError[] {
  const names = volumes.map(({ name = '' }) => name);
  return volumes.flatMap((volume, index) => {
    const { name, ...sources } = volume;
    const where = `${field}[${index}]`;
    return [
      ...requiredName(`${where}.name`, name, dnsLabelProblems),
      ...(name !== undefined && names.indexOf(name) < index ? [duplicate(`${where}.name`, name)] : []),
      ...oneSource(where, sources),
      ...validateSource(where, volume),
    ];
  });
}

function oneSource(field: string, sources: object): readonly FieldError[] {
  const [first, ...others] = Object.keys(sources);
  if (first === undefined) return [required(field, 'must specify a volume type')];
  return others.map((name) => forbiddenField(`${field}.${name}`, 'may not specify more than 1 volume type'));
}

function validateSource(field: string, volume: Sent<Volume>): readonly FieldError[] {
  const { secret, configMap, persistentVolumeClaim, hostPath } = volume;
  const isMissing = (source: object | undefined, name: string | undefined) =>
    source !== undefined && (name ?? '') === '';
  return [
    ...(isMissing(secret, secret?.secretName) ? [required(`${field}.secret.secretName`)] : []),
    ...(isMissing(configMap, configMap?.name) ? [required(`${field}.configMap.name`)] : []),
    ...(isMissing(hostPath, hostPath?.path) ? [required(`${field}.hostPath.path`)] : []),
    ...(isMissing(persistentVolumeClaim, persistentVolumeClaim?.claimName)
      ? [required(`${field}.persistentVolumeClaim.claimName`)]
      : []),
  ];
}
