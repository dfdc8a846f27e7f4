import type { Pod } from '../../src/apis/index.ts';
import type { NodeUsage } from './node-usage.ts';
import { resourceMetrics, usageSummary } from './usage-report.ts';

/** What a kubelet answers on its own port. */
export interface KubeletAnswer {
  readonly contentType: string;
  readonly body: string;
}

interface NodeView {
  readonly nodeName: string;
  readonly pods: readonly Pod[];
  usage(): Promise<NodeUsage>;
}

const TEXT = 'text/plain; charset=utf-8';
const METRICS = 'text/plain; version=0.0.4; charset=utf-8';

/** `undefined`: nothing of that name. */
export async function kubeletAnswer(path: string, view: NodeView): Promise<KubeletAnswer | undefined> {
  switch (path) {
    case '/healthz':
      return { contentType: TEXT, body: 'ok' };
    case '/pods':
      return json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: view.pods });
    case '/metrics':
      return { contentType: METRICS, body: kubeletMetrics(view) };
    case '/metrics/resource':
      return { contentType: METRICS, body: resourceMetrics(await view.usage()) };
    case '/stats/summary':
      return json(usageSummary(view.nodeName, await view.usage()));
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
