import { itRuns, type Command } from './command-table.ts';
import { judgedByKubectl } from './judged.ts';

const pods = `
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: busy
    labels: {app: usage}
    annotations: {koinon.dev/hollow-cpu-usage.worker: 750m, koinon.dev/hollow-memory-usage.worker: 96Mi}
  spec:
    containers:
    - {name: worker, image: nginx}
    - {name: helper, image: nginx, resources: {requests: {cpu: 100m, memory: 64Mi}}}
- apiVersion: v1
  kind: Pod
  metadata: {name: calm, labels: {app: usage}}
  spec:
    containers: [{name: main, image: nginx, resources: {requests: {cpu: 40m, memory: 200Mi}}}]
`;

const components: readonly Command[] = [
  { line: 'get componentstatuses', out: /NAME +STATUS +MESSAGE +ERROR/ },
  { line: 'get cs', out: /controller-manager +Healthy +ok/ },
  { line: 'get cs', out: /etcd-0 +Healthy +ok/ },
  { line: 'get cs', out: /scheduler +Healthy +ok/, err: 'Warning: v1 ComponentStatus is deprecated in v1.19+' },
  { line: 'get cs scheduler -o jsonpath={.conditions[0].type}', out: 'Healthy' },
  { line: 'get cs nobody', code: 1, err: 'Component not found: nobody' },
  { line: 'delete cs scheduler', code: 1, err: 'the server does not allow this method on the requested resource' },
];

const usage: readonly Command[] = [
  { line: 'apply -f -', stdin: pods, out: 'created' },
  { line: 'wait pod -l app=usage --for=condition=Ready --timeout=15s', out: 'condition met' },
  { line: 'top node', out: /NAME +CPU\(cores\) +CPU(\(%\)|%) +MEMORY\(bytes\) +MEMORY(\(%\)|%)/ },
  { line: 'top node test-node-1', out: /test-node-1 +\d+m +\d+% +\d+Mi +\d+%/ },
  { line: 'top pod busy', out: /busy +800m +128Mi/ },
  { line: 'top pod busy --containers', out: /busy +helper +50m +32Mi *\nbusy +worker +750m +96Mi/ },
  { line: 'top pod -l app=usage --sort-by=cpu', out: /busy[^]*calm/ },
  { line: 'top pod -l app=usage --sort-by=memory', out: /busy[^]*calm/ },
  { line: 'top pod -A -l app=usage', out: /v1-\d+ +calm +20m +100Mi/ },
  { line: 'top pod nobody', code: 1, err: 'NotFound' },
  { line: 'annotate pod calm koinon.dev/hollow-cpu-usage=333m', out: 'annotated' },
  { line: 'top pod calm', out: /calm +333m +100Mi/, eventually: true },
  { line: 'get pods.metrics.k8s.io busy', out: /NAME +CPU +MEMORY +WINDOW\s+busy +800m +128Mi +15s/ },
  { line: 'get nodes.metrics.k8s.io', out: /test-node-2 +\d+m/ },
  { line: 'get pods.metrics.k8s.io calm -o jsonpath={.containers[0].usage.cpu}', out: '333m' },
  { line: 'get --raw /api/v1/nodes/test-node-1/proxy/stats/summary', out: '"usageNanoCores":' },
  {
    line: 'get --raw /api/v1/nodes/test-node-1/proxy/metrics/resource',
    out: /^node_cpu_usage_seconds_total [\d.]+ \d+$/m,
  },
  {
    line: 'api-resources --api-group=metrics.k8s.io -o wide',
    out: /pods +metrics.k8s.io\/v1beta1 +true +PodMetrics +\S*get/,
  },
  { line: 'explain podmetrics.containers.usage', out: 'usage' },
  { line: 'delete pod busy calm --grace-period=1', out: 'deleted' },
];

judgedByKubectl('components and usage', (version, judge) => {
  itRuns([...components, ...usage], version, judge);
});
