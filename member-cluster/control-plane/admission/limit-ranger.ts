import { forbidden, type KubeObject } from '../../../src/apimachinery/index.ts';
import type { Container, LimitRange, LimitRangeSpec, PersistentVolumeClaim, Pod } from '../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../src/apiserver/index.ts';
import type { KnownObjects } from './known-objects.ts';
import { claimProblems, podProblems } from './limit-range-check.ts';
import { containersOf, isNewPod, isResizedPod, podOf } from './new-pod.ts';

type LimitRangeItem = LimitRangeSpec['limits'][number];
type Amounts = Readonly<Record<string, string>>;

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** Containers that say nothing of what they need get what their namespace says; nobody gets more than it allows. */
export function limitRanger(ranges: KnownObjects<LimitRange>): AdmissionPlugin {
  return {
    name: 'LimitRanger',
    handles: (request) => isMeasuredPod(request) || isWrittenClaim(request),
    async mutate(request, signal) {
      const { object, namespace } = request;
      if (object === undefined) throw new TypeError('a write has an object');
      if (!isMeasuredPod(request)) return object;
      const present = (await ranges(signal)).list(namespace);
      return present.reduce((pod, range) => withDefaults(pod, itemsOf(range)), podOf(object));
    },
    async validate(request, signal) {
      const { object, namespace, resource, name } = request;
      for (const range of (await ranges(signal)).list(namespace)) {
        const items = itemsOf(range);
        const problems = isMeasuredPod(request)
          ? podProblems(podOf(object), items)
          : claimProblems(claimOf(object), items);
        if (problems.length > 0) throw forbidden(resource, name, listed(problems));
      }
    },
  };
}

function isMeasuredPod(request: AdmissionRequest): boolean {
  return isNewPod(request) || isResizedPod(request);
}

function isWrittenClaim({ resource, subresource, operation }: AdmissionRequest): boolean {
  const isClaim = resource.group === '' && resource.plural === 'persistentvolumeclaims';
  return isClaim && subresource === undefined && operation !== 'DELETE';
}

function claimOf(
  object: (KubeObject & Pick<PersistentVolumeClaim, 'spec'>) | undefined,
): Pick<PersistentVolumeClaim, 'spec'> {
  if (object === undefined) throw new TypeError('a write has an object');
  return object;
}

/** As Go prints several errors that are one. */
function listed(problems: readonly string[]): string {
  const different = [...new Set(problems)];
  return different.length === 1 ? (different[0] ?? '') : `[${different.join(', ')}]`;
}

function itemsOf({ spec }: LimitRange): readonly LimitRangeItem[] {
  return spec?.limits ?? [];
}

function withDefaults(pod: Pod, items: readonly LimitRangeItem[]): Pod {
  const ofContainers = items.filter(({ type }) => type === 'Container');
  const limits = combined(ofContainers.map((item) => item.default));
  const requests = combined(ofContainers.map((item) => item.defaultRequest));
  if (pod.spec === undefined || (isEmpty(limits) && isEmpty(requests))) return pod;
  const notes: string[] = [];
  const filled = (container: Container, what: string) => withAmounts(container, { limits, requests }, { notes, what });
  const containers = containersOf(pod.spec).map((container) => filled(container, 'container'));
  const initContainers = pod.spec.initContainers?.map((container) => filled(container, 'init container'));
  if (notes.length === 0) return pod;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` },
    },
    spec: { ...pod.spec, containers, ...(initContainers === undefined ? {} : { initContainers }) },
  };
}

function combined(amounts: readonly (Amounts | undefined)[]): Amounts {
  return Object.fromEntries(amounts.flatMap((each) => Object.entries(each ?? {})));
}

function isEmpty(amounts: Amounts): boolean {
  return Object.keys(amounts).length === 0;
}

function withAmounts(
  container: Container,
  defaults: { readonly limits: Amounts; readonly requests: Amounts },
  { notes, what }: { readonly notes: string[]; readonly what: string },
): Container {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const ofRequests = missingNames(defaults.requests, requests);
  const ofLimits = missingNames(defaults.limits, limits);
  if (ofRequests.length > 0) notes.push(`${ofRequests.join(', ')} request for ${what} ${container.name}`);
  if (ofLimits.length > 0) notes.push(`${ofLimits.join(', ')} limit for ${what} ${container.name}`);
  if (ofRequests.length === 0 && ofLimits.length === 0) return container;
  const allRequests = { ...defaults.requests, ...requests };
  const allLimits = { ...defaults.limits, ...limits };
  return {
    ...container,
    resources: {
      ...container.resources,
      ...(isEmpty(allLimits) ? {} : { limits: allLimits }),
      ...(isEmpty(allRequests) ? {} : { requests: allRequests }),
    },
  };
}

function missingNames(wanted: Amounts, present: Amounts): readonly string[] {
  return Object.keys(wanted)
    .filter((name) => present[name] === undefined)
    .sort();
}
