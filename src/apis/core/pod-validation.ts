import { dnsLabelProblems, dnsSubdomainProblems, validateLabels, type FieldError } from '../../apimachinery/index.ts';
import { definedOnly, invalidBy, requiredOneOf, within } from '../field-rules.ts';
import type { PodSpec } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateContainers } from './container-validation.ts';
import { validateEphemeralContainers } from './ephemeral-container-validation.ts';
import { validatePodNetwork } from './pod-network-validation.ts';
import { validateScheduling } from './pod-scheduling-validation.ts';
import { validatePodSecurity } from './security-context-validation.ts';
import { validateVolumes } from './volume-validation.ts';

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
    ...validatePodNetwork(field, spec),
    ...validateScheduling(field, spec),
    ...validatePodSecurity(field, spec),
    ...validateOs(field, spec),
    ...validateEphemeralContainers(spec),
  ];
}

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

function validateTimes(field: string, spec: Spec): readonly FieldError[] {
  return [...within(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, [1, MAX_INT32])];
}

function validateOs(field: string, { os }: Spec): readonly FieldError[] {
  return os === undefined ? [] : requiredOneOf(`${field}.os.name`, os.name, ['linux', 'windows']);
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
