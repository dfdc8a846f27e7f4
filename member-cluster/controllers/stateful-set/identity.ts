import type { Pod, PodTemplateSpec, StatefulSet } from '../../../src/apis/index.ts';
import type { NewObject } from '../../../src/client/index.ts';
import { nameOf } from '../ownership.ts';
import { podOfTemplate } from '../pod-of-template.ts';
import { POD_REVISION } from '../revisions/revision-history.ts';
import { claimName } from './claims.ts';
import { podName } from './ordinals.ts';

const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';

/** The pod of a place: its name, host name, labels and claims are the place's, whatever revision it is of. */
export function statefulPod(
  set: StatefulSet,
  ordinal: number,
  { template, revision }: { readonly template: PodTemplateSpec; readonly revision: string },
): NewObject<Pod> {
  const { metadata, spec = { containers: [] } } = podOfTemplate(set, template);
  const name = podName(set, ordinal);
  const { serviceName = '' } = set.spec ?? {};
  return {
    metadata: {
      ...metadata,
      name,
      labels: { ...identityLabels(set, ordinal, metadata.labels), [POD_REVISION]: revision },
    },
    spec: {
      ...spec,
      hostname: name,
      ...(serviceName === '' ? {} : { subdomain: serviceName }),
      ...withClaims(set, ordinal, spec),
    },
  };
}

/** The pod with the labels and claims of its place; the same object when it has them. */
export function withIdentity(set: StatefulSet, ordinal: number, pod: Pod): Pod {
  const { labels = {} } = pod.metadata;
  const wanted = identityLabels(set, ordinal, labels);
  const named = labels[POD_NAME] === wanted[POD_NAME] && labels[POD_INDEX] === wanted[POD_INDEX];
  const { spec } = pod;
  if (spec === undefined || (named && hasClaims(set, ordinal, spec))) return pod;
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: wanted },
    spec: { ...spec, ...withClaims(set, ordinal, spec) },
  };
}

function identityLabels(set: StatefulSet, ordinal: number, labels: Readonly<Record<string, string>> = {}) {
  return { ...labels, [POD_NAME]: podName(set, ordinal), [POD_INDEX]: String(ordinal) };
}

type Spec = NonNullable<Pod['spec']>;

/** The set's claims come instead of volumes of their names. */
function withClaims(set: StatefulSet, ordinal: number, { volumes = [] }: Spec): Pick<Spec, 'volumes'> {
  const claims = (set.spec?.volumeClaimTemplates ?? []).map((template) => ({
    name: nameOf(template),
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
  }));
  if (claims.length === 0) return {};
  const others = volumes.filter(({ name }) => !claims.some((claim) => claim.name === name));
  return { volumes: [...claims, ...others] };
}

function hasClaims(set: StatefulSet, ordinal: number, { volumes = [] }: Spec): boolean {
  return (set.spec?.volumeClaimTemplates ?? []).every((template) => {
    const volume = volumes.find(({ name }) => name === template.metadata.name);
    return volume?.persistentVolumeClaim?.claimName === claimName(set, template, ordinal);
  });
}
