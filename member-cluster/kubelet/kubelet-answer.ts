import { parseQuantity, quantityToNumber } from '../../src/apimachinery/index.ts';
import type { Pod } from '../../src/apis/index.ts';

/** What a kubelet answers on its own port. */
export interface KubeletAnswer {
  readonly contentType: string;
  readonly body: string;
}

interface NodeView {
  readonly nodeName: string;
  readonly pods: readonly Pod[];
}

const TEXT = 'text/plain; charset=utf-8';
const METRICS = 'text/plain; version=0.0.4; charset=utf-8';

/** `undefined`: nothing of that name. Usage is what pods request: nothing else is known of what is simulated. */
export function kubeletAnswer(path: string, view: NodeView): KubeletAnswer | undefined {
  switch (path) {
    case '/healthz':
      return { contentType: TEXT, body: 'ok' };
    case '/pods':
      return json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: view.pods });
    case '/metrics':
      return { contentType: METRICS, body: kubeletMetrics(view) };
    case '/metrics/resource':
      return { contentType: METRICS, body: resourceMetrics(view) };
    case '/stats/summary':
      return json(summary(view));
    default:
      return undefined;
  }
}

function json(value: unknown): KubeletAnswer {
  return { contentType: 'application/json', body: JSON.stringify(value) };
}

function kubeletMetrics({ pods }: NodeView): string {
  const running = pods.filter(({ status }) => status?.phase === 'Running');
  const containers = running.reduce((sum, { spec }) => sum + (spec?.containers.length ?? 0), 0);
  return [
    '# TYPE kubelet_running_pods gauge',
    `kubelet_running_pods ${running.length}`,
    '# TYPE kubelet_running_containers gauge',
    `kubelet_running_containers{container_state="running"} ${containers}`,
    '',
  ].join('\n');
}

function resourceMetrics({ pods }: NodeView): string {
  const lines = ['# TYPE container_memory_working_set_bytes gauge'];
  for (const { metadata, spec } of pods) {
    for (const { name, resources } of spec?.containers ?? []) {
      const labels = `container="${name}",namespace="${metadata.namespace ?? ''}",pod="${metadata.name ?? ''}"`;
      lines.push(`container_memory_working_set_bytes{${labels}} ${bytesOf(resources?.requests?.['memory'])}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function summary({ nodeName, pods }: NodeView): unknown {
  return {
    node: { nodeName },
    pods: pods.map(({ metadata, spec }) => ({
      podRef: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
      containers: (spec?.containers ?? []).map(({ name, resources }) => ({
        name,
        memory: { workingSetBytes: bytesOf(resources?.requests?.['memory']) },
      })),
    })),
  };
}

function bytesOf(text: string | undefined): number {
  return quantityToNumber(parseQuantity(text ?? '0'));
}
