import type { Affinity, DaemonSet, Pod, PodSpec, Toleration } from '../../../src/apis/index.ts';
import type { NewObject } from '../../../src/client/index.ts';
import { podOfTemplate } from '../pod-of-template.ts';
import { POD_REVISION } from '../revisions/revision-history.ts';

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
const POD_TEMPLATE_GENERATION = 'pod-template-generation';

/** The taints of nodes that are in trouble, which keep no daemon away. */
const TOLERATED: readonly (readonly [condition: string, effect: string])[] = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
];

/** The pod of a node, which the scheduler will find no other node for. */
export function daemonPod(daemonSet: DaemonSet, nodeName: string, hash: string): NewObject<Pod> {
  const pod = podOfTemplate(daemonSet, daemonSet.spec?.template);
  const generation = daemonSet.metadata.annotations?.[TEMPLATE_GENERATION];
  const labels = {
    ...pod.metadata.labels,
    ...(generation === undefined ? {} : { [POD_TEMPLATE_GENERATION]: generation }),
    [POD_REVISION]: hash,
  };
  const spec = daemonSpec(daemonSet);
  return { metadata: { ...pod.metadata, labels }, spec: { ...spec, affinity: pinned(spec.affinity, nodeName) } };
}

/** What a daemon asks of any node: its template, and the tolerations that all daemons have. */
export function daemonSpec({ spec }: DaemonSet): PodSpec {
  const template = spec?.template.spec ?? { containers: [] };
  const conditions =
    template.hostNetwork === true ? [...TOLERATED, ['network-unavailable', 'NoSchedule'] as const] : TOLERATED;
  const wanted = conditions.map(([condition, effect]) => ({
    key: `node.kubernetes.io/${condition}`,
    operator: 'Exists',
    effect,
  }));
  const given = template.tolerations ?? [];
  const lacking = wanted.filter((toleration) => !given.some((other) => isSame(other, toleration)));
  return { ...template, tolerations: [...given, ...lacking] };
}

function isSame(one: Toleration, other: Toleration): boolean {
  return (
    one.key === other.key &&
    one.operator === other.operator &&
    one.effect === other.effect &&
    (one.value ?? '') === '' &&
    one.tolerationSeconds === undefined
  );
}

/** Required terms of the template have chosen the node already; they would be alternatives to it. */
function pinned(affinity: Affinity = {}, nodeName: string): Affinity {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  return {
    ...affinity,
    nodeAffinity: { ...affinity.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required },
  };
}

/** The node that a daemon is on or is meant for; undefined for a pod that is pinned to none. */
export function targetNode({ spec }: Pod): string | undefined {
  const { nodeName = '', affinity } = spec ?? {};
  if (nodeName !== '') return nodeName;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const fields = terms.flatMap(({ matchFields = [] }) => matchFields);
  const field = fields.find(({ key, operator, values }) => {
    return key === 'metadata.name' && operator === 'In' && values?.length === 1;
  });
  return field?.values?.[0];
}
