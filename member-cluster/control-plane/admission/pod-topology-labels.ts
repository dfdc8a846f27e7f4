import { withMetadata, type KubeObject } from '../../../src/apimachinery/index.ts';
import type { Binding, Node } from '../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../src/apiserver/index.ts';
import type { KnownObjects } from './known-objects.ts';
import { isNewPod, podOf } from './new-pod.ts';

const LABELS = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** Pods can read where their node is: its labels are on the binding, and so on the pod. */
export function podTopologyLabels(nodes: KnownObjects<Node>): AdmissionPlugin {
  return {
    name: 'PodTopologyLabels',
    handles: (request) => isBinding(request) || isNewPod(request),
    async mutate(request, signal) {
      const { object } = request;
      if (object === undefined) throw new TypeError('a create has an object');
      const nodeName = isBinding(request) ? targetOf(object) : podOf(object).spec?.nodeName;
      const node = nodeName === undefined ? undefined : (await nodes(signal)).get(nodeName);
      return node === undefined ? object : withLabelsOf(object, node);
    },
  };
}

function isBinding({ resource, subresource, operation }: AdmissionRequest): boolean {
  const ofPod = resource.group === '' && resource.plural === 'pods' && subresource === 'binding';
  return ofPod && operation === 'CREATE';
}

function targetOf(object: KubeObject): string | undefined {
  // @NOTE the body of this subresource is a Binding; it is not validated yet.
  const { target } = object as Partial<Binding>;
  return target?.kind === 'Node' ? target.name : undefined;
}

function withLabelsOf(object: KubeObject, node: Node): KubeObject {
  const found = Object.entries(node.metadata.labels ?? {}).filter(([name]) => LABELS.includes(name));
  if (found.length === 0) return object;
  return withMetadata(object, { labels: { ...Object.fromEntries(found), ...object.metadata.labels } });
}
