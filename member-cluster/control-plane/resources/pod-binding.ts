import {
  badRequest,
  conflict,
  formatTime,
  invalid,
  setCondition,
  type KubeObject,
  type ObjectKey,
} from '../../../src/apimachinery/index.ts';
import { bindingBody, bindings, pods, type Binding, type Pod } from '../../../src/apis/index.ts';
import type { Subresource } from '../../../src/apiserver/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import { successStatus } from './success-status.ts';

/** `pods/binding`: how a scheduler gives a pod its node, once. */
export function podBinding(clock: Clock): Subresource<Pod> {
  return {
    type: 'create',
    name: 'binding',
    body: bindingBody,
    async create(body, { key }, change) {
      // @NOTE bodies are decoded as the kind that `body` names.
      const binding = body as Binding;
      checkBody(binding, key);
      await change((object) => bound(object, binding, clock.now()));
      return successStatus({ name: key.name, kind: 'pods' });
    },
  };
}

function checkBody(binding: Binding, { name }: ObjectKey): void {
  if (binding.metadata.name !== name) throw badRequest('name in URL does not match name in Binding object');
  const errors = bindings.strategy.validate?.(binding) ?? [];
  if (errors.length > 0) throw invalid(bindings, name, errors);
}

function bound(object: KubeObject, { metadata, target }: Binding, now: number): Pod {
  // @NOTE it is a subresource of pods.
  const pod = object as Pod;
  const { spec } = pod;
  const why = unbindable(pod, metadata);
  if (spec === undefined || why !== undefined) throw conflict(pods, pod.metadata.name ?? '', why ?? 'it has no spec');
  // Where room was made for it matters to nobody any more.
  const { nominatedNodeName: _nominated, conditions = [], ...status } = pod.status ?? {};
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(now) };
  const others = conditions.filter(({ type }) => type !== 'PodScheduled');
  return {
    ...pod,
    metadata: { ...pod.metadata, ...merged('labels', pod, metadata), ...merged('annotations', pod, metadata) },
    spec: { ...spec, nodeName: target.name ?? '' },
    status: { ...status, conditions: setCondition(others, scheduled, now) },
  };
}

function unbindable({ metadata, spec }: Pod, wanted: Binding['metadata']): string | undefined {
  const { name = '', uid, deletionTimestamp } = metadata;
  const { nodeName = '', schedulingGates = [] } = spec ?? {};
  if (wanted.uid !== undefined && wanted.uid !== uid) return 'the UID of the binding is not that of the pod';
  if (deletionTimestamp !== undefined) return `pod ${name} is being deleted, cannot be assigned to a host`;
  if (nodeName !== '') return `pod ${name} is already assigned to node "${nodeName}"`;
  return schedulingGates.length > 0 ? `pod ${name} has non-empty .spec.schedulingGates` : undefined;
}

function merged(field: 'labels' | 'annotations', pod: Pod, added: Binding['metadata']) {
  return added[field] === undefined ? {} : { [field]: { ...pod.metadata[field], ...added[field] } };
}
