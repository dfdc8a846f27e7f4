import { itRuns, type Command } from './command-table.ts';
import { judgedByKubectl } from './judged.ts';

const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {terminationGracePeriodSeconds: 0, containers: [{name: nginx, image: nginx}]}
`;

const nodes: readonly Command[] = [
  { line: 'cordon test-node-1', out: 'node/test-node-1 cordoned' },
  { line: 'get node test-node-1', out: 'Ready,SchedulingDisabled' },
  { line: 'uncordon test-node-1', out: 'node/test-node-1 uncordoned' },
  { line: 'taint nodes test-node-1 color=blue:NoSchedule', out: 'node/test-node-1 tainted' },
  { line: 'taint nodes test-node-1 color=red:NoSchedule', code: 1, err: 'already has color taint' },
  { line: 'get node test-node-1 -o jsonpath={.spec.taints}', out: '"key":"color"' },
  { line: 'taint nodes test-node-1 color-', out: 'node/test-node-1 untainted' },
  { line: 'label node test-node-1 disk=fast', out: 'labeled' },
  { line: 'label node test-node-1 disk-', out: 'labeled' },
];

const drained: readonly Command[] = [
  { line: 'apply -f -', stdin: workload, out: 'created' },
  { line: 'rollout status deployment/web --timeout=15s', out: 'successfully rolled out' },
  { line: 'create poddisruptionbudget web --selector=app=web --min-available=100%', out: 'created' },
  {
    line: 'drain test-node-1 --ignore-daemonsets --force --pod-selector=app=web --timeout=2s',
    code: 1,
    err: /Cannot evict pod as it would violate the pod's disruption budget|global timeout reached/,
  },
  { line: 'delete poddisruptionbudget web', out: 'deleted' },
  {
    line: 'drain test-node-1 --ignore-daemonsets --force --pod-selector=app=web --timeout=15s',
    out: /node\/test-node-1 (drained|evicted)/,
  },
  { line: 'get pods -l app=web --field-selector=spec.nodeName=test-node-1', err: 'No resources found' },
  { line: 'uncordon test-node-1', out: 'uncordoned' },
  { line: 'delete deployment web', out: 'deleted' },
];

judgedByKubectl('nodes', (version, judge) => {
  itRuns([...nodes, ...drained], version, judge);
});
