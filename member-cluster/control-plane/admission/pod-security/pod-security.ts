import { forbidden, groupResource, invalid, isNotFound } from '../../../../src/apimachinery/index.ts';
import { namespaces as namespaceResource, type Namespace, type Pod } from '../../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../../src/apiserver/index.ts';
import type { Client } from '../../../../src/client/index.ts';
import type { KnownObjects } from '../known-objects.ts';
import type { PodSecurityExemptions, PodSecuritySettings } from './settings.ts';
import {
  detailsText,
  labelProblems,
  MODES,
  policyOf,
  policyText,
  reasonsText,
  saysOf,
  violations,
  type Mode,
  type Policy,
} from './standard.ts';
import { podIn, type PodLike } from './workload.ts';

export interface PodSecurityDeps {
  readonly namespaces: KnownObjects<Namespace>;
  /** Asked for namespaces that are not known yet. */
  readonly own: Pick<Client, 'get'>;
  readonly pods: KnownObjects<Pod>;
  readonly settings: PodSecuritySettings;
}

/** So many of a namespace are looked at when it demands more than before. */
const MAX_CHECKED_PODS = 3000;
const ANNOTATION = 'pod-security.kubernetes.io/';

/** The Pod Security Standards, as far as the labels of a namespace demand them. */
export function podSecurity(deps: PodSecurityDeps): AdmissionPlugin {
  return {
    name: 'PodSecurity',
    handles: (request) => isWrittenNamespace(request) || podIn(request) !== undefined,
    async validate(request, signal) {
      if (isWrittenNamespace(request)) await checkNamespace(deps, request, signal);
      else await checkPod(deps, request, signal);
    },
  };
}

function isWrittenNamespace({ resource, operation, subresource }: AdmissionRequest): boolean {
  return groupResource(resource) === 'namespaces' && operation !== 'DELETE' && subresource === undefined;
}

async function checkPod(deps: PodSecurityDeps, request: AdmissionRequest, signal: AbortSignal): Promise<void> {
  const pod = podIn(request);
  if (pod === undefined) return;
  const { defaults, exemptions } = deps.settings;
  const exempt = exemption(exemptions, request, pod);
  if (exempt !== undefined) {
    request.annotate(`${ANNOTATION}exempt`, exempt);
    return;
  }
  const { metadata } = await namespaceOf(deps, request.namespace ?? '', signal);
  const policyFor = (mode: Mode) => policyOf(metadata, mode, defaults[mode]);
  const violated = (mode: 'audit' | 'warn') => violatedText(policyFor(mode), pod);
  noteFaults(metadata, request);
  const audited = violated('audit');
  if (audited !== undefined) request.annotate(`${ANNOTATION}audit-violations`, `would violate ${audited}`);
  if (groupResource(request.resource) === 'pods') enforce(policyFor('enforce'), pod, request);
  const warned = violated('warn');
  if (warned !== undefined) request.warn(`would violate ${warned}`);
}

/** Why nothing is asked of a pod, in the words of the audit log. */
function exemption(
  { namespaces, usernames, runtimeClasses }: PodSecurityExemptions,
  { namespace = '', user }: AdmissionRequest,
  { spec }: PodLike,
): string | undefined {
  if (namespaces.includes(namespace)) return 'namespace';
  if (usernames.includes(user.username)) return 'user';
  return runtimeClasses.includes(spec.runtimeClassName ?? '') ? 'runtimeClass' : undefined;
}

function enforce(policy: Policy, pod: PodLike, { resource, name, annotate }: AdmissionRequest): void {
  annotate(`${ANNOTATION}enforce-policy`, `${policy.level}:${policy.version}`);
  const violated = violatedText(policy, pod);
  if (violated !== undefined) throw forbidden(resource, name, `violates ${violated}`);
}

function violatedText(policy: Policy, pod: PodLike): string | undefined {
  const found = violations(policy, pod);
  return found.length === 0 ? undefined : `PodSecurity ${policyText(policy)}: ${detailsText(found)}`;
}

/** Labels that cannot be understood may have been there before they were looked at. */
function noteFaults(metadata: Namespace['metadata'], { annotate }: AdmissionRequest): void {
  const faults = labelProblems(metadata).map(({ field, message }) => `${field}: ${message}`);
  if (faults.length === 0) return;
  const listed = faults.length === 1 ? faults.join() : `[${faults.join(', ')}]`;
  annotate(`${ANNOTATION}error`, `Failed to parse policy: ${listed}`);
}

async function namespaceOf(
  { namespaces, own }: PodSecurityDeps,
  name: string,
  signal: AbortSignal,
): Promise<Pick<Namespace, 'metadata'>> {
  const known = (await namespaces(signal)).get(name);
  if (known !== undefined) return known;
  return own.get(namespaceResource, { name }, { signal }).catch((err: unknown) => {
    // Nothing is written to it: that there is no such namespace is for others to say.
    if (isNotFound(err)) return { metadata: {} };
    throw err;
  });
}

async function checkNamespace(
  { pods, settings }: PodSecurityDeps,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<void> {
  const { object, oldObject, name } = request;
  if (object === undefined) return;
  const problems = labelProblems(object.metadata);
  // Labels that were wrong before they were looked at do not stop other changes.
  if (problems.length > 0 && (oldObject === undefined || labelProblems(oldObject.metadata).length === 0)) {
    throw invalid(namespaceResource, name, problems);
  }
  const enforced = ({ metadata }: Pick<Namespace, 'metadata'>) =>
    policyOf(metadata, 'enforce', settings.defaults.enforce);
  const policy = enforced(object);
  const isExempt = settings.exemptions.namespaces.includes(name);
  const isDemanded = oldObject !== undefined && isNewDemand(policy, enforced(oldObject));
  if (isExempt && (oldObject === undefined || isDemanded)) warnOfExemption(settings, request, object.metadata);
  if (isExempt || !isDemanded) return;
  const present = (await pods(signal)).list(name);
  for (const warning of warningsOf(policy, name, present)) request.warn(warning);
}

function isNewDemand(policy: Policy, before: Policy): boolean {
  return policy.level !== 'privileged' && policyText(policy) !== policyText(before);
}

/** Whoever labels a namespace that is exempt expects something of it. */
function warnOfExemption(
  { defaults }: PodSecuritySettings,
  request: AdmissionRequest,
  metadata: Namespace['metadata'],
): void {
  const told = MODES.filter((mode) => saysOf(metadata, mode))
    .map((mode) => [mode, policyOf(metadata, mode, defaults[mode])] as const)
    .filter(([, { level }]) => level !== 'privileged')
    .map(([mode, { level, version }]) => `${mode}=${level}:${version}`);
  if (told.length === 0) return;
  const listed = told.join(', ');
  const name = JSON.stringify(request.name);
  request.warn(`namespace ${name} is exempt from Pod Security, and the policy (${listed}) will be ignored`);
}

function warningsOf(policy: Policy, namespace: string, pods: readonly Pod[]): readonly string[] {
  const byReasons = new Map<string, string[]>();
  for (const { metadata, spec } of pods.slice(0, MAX_CHECKED_PODS)) {
    const reasons = spec === undefined ? '' : reasonsText(violations(policy, { metadata, spec }));
    if (reasons !== '') byReasons.set(reasons, [...(byReasons.get(reasons) ?? []), metadata.name ?? '']);
  }
  const partly = `new PodSecurity enforce level only checked against the first ${MAX_CHECKED_PODS} of ${pods.length} existing pods`;
  const violated = `existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ${policyText(policy)}`;
  return [
    ...(pods.length > MAX_CHECKED_PODS ? [partly] : []),
    ...(byReasons.size === 0 ? [] : [violated]),
    ...[...byReasons].map(([reasons, names]) => `${podNames(names.sort())}: ${reasons}`).sort(),
  ];
}

function podNames([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return first;
  return `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;
}
