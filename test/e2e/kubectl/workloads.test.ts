import { itRuns, type Command } from './command-table.ts';
import { judgedByKubectl } from './judged.ts';

const deployments: readonly Command[] = [
  { line: 'create deployment web --image=nginx:1', out: 'deployment.apps/web created' },
  { line: 'scale deployment web --replicas=2', out: 'deployment.apps/web scaled' },
  { line: 'scale deployment web --current-replicas=5 --replicas=3', code: 1, err: 'Expected replicas to be 5, was 2' },
  { line: 'scale deployment web --current-replicas=2 --replicas=3', out: 'scaled' },
  { line: 'rollout status deployment/web --timeout=15s', out: 'successfully rolled out' },
  { line: 'set image deployment/web nginx=nginx:2', out: 'image updated' },
  { line: 'rollout status deployment/web --timeout=15s', out: 'successfully rolled out' },
  { line: 'rollout history deployment/web', out: /REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>/ },
  { line: 'rollout history deployment/web --revision=1', out: /Image:\s+nginx:1/ },
  { line: 'rollout undo deployment/web', out: 'deployment.apps/web rolled back' },
  { line: 'rollout status deployment/web --timeout=15s', out: 'successfully rolled out' },
  { line: 'get deployment web -o jsonpath={..image}', out: /^nginx:1$/ },
  { line: 'rollout pause deployment/web', out: 'paused' },
  { line: 'rollout pause deployment/web', code: 1, err: 'already paused' },
  { line: 'rollout resume deployment/web', out: 'resumed' },
  { line: 'rollout restart deployment/web', out: 'restarted' },
  { line: 'rollout status deployment/web --timeout=15s', out: 'successfully rolled out' },
  {
    line: 'autoscale deployment web --min=2 --max=5 --cpu-percent=80',
    out: 'horizontalpodautoscaler.autoscaling/web autoscaled',
  },
  { line: 'expose deployment web --port=80 --target-port=8080', out: 'service/web exposed' },
  { line: 'wait deployment/web --for=condition=Available --timeout=10s', out: 'condition met' },
  { line: 'wait deployment/web --for=jsonpath={.spec.replicas}=3 --timeout=10s', out: 'condition met', since: 23 },
  { line: 'wait deployment/web --for=create --timeout=10s', out: 'condition met', since: 31 },
  {
    line: 'wait deployment/web --for=condition=Nothing --timeout=1s',
    code: 1,
    err: 'timed out waiting for the condition',
  },
  { line: 'logs deployment/web --tail=1', out: /./, eventually: true },
  { line: 'exec deployment/web -- hostname', out: /^web-/ },
  {
    line: `patch deployment web --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'`,
    out: 'scale.autoscaling/web patched',
    since: 24,
  },
  { line: 'delete hpa,deployment,service web', out: /deployment.apps "web" deleted/ },
  { line: 'wait pods -l app=web --for=delete --timeout=40s', since: 24 },
  // It waits for none that are gone already.
  { line: 'get pods -l app=web', err: 'No resources found', until: 23, eventually: true },
];

const pods: readonly Command[] = [
  { line: 'run one --image=nginx --port=8080 --labels=app=one', out: 'pod/one created' },
  { line: 'wait pod/one --for=condition=Ready --timeout=15s', out: 'pod/one condition met' },
  { line: 'logs one', out: 'started nginx', eventually: true },
  { line: 'logs -l app=one --tail=1', out: /^.+\n$/ },
  { line: 'logs pods/one --all-containers --prefix', out: /^\[pod\/one\/one\] /, since: 20 },
  { line: 'logs one --since-time=2999-01-01T00:00:00Z', out: /^$/ },
  { line: 'logs one --limit-bytes=3', out: /^.{3}$/ },
  { line: 'logs one --timestamps --since=1h', out: /^\d{4}-\d\d-\d\dT\S+ / },
  { line: 'logs one --previous', code: 1, err: 'previous terminated container "one" in pod "one" not found' },
  { line: 'logs one -c none', code: 1, err: 'container none is not valid for pod one' },
  { line: 'exec one -- echo hello', out: /^hello\n$/ },
  { line: `exec one -- sh -c 'echo oops >&2; exit 7'`, code: 7, err: /^oops\n[^]*exit code 7/ },
  { line: 'exec -i one -- cat', stdin: 'what is said', out: /^what is said$/ },
  { line: 'exec none -- true', code: 1, err: 'pods "none" not found' },
  { line: 'run brief --image=busybox --restart=Never --rm -i --quiet -- echo brief', out: /^brief$/m },
  { line: 'run job --image=busybox --restart=Never -- sh', out: 'pod/job created' },
  { line: 'debug one --image=busybox --container=look --attach=false --quiet', since: 25 },
  { line: 'get pod one -o jsonpath={.spec.ephemeralContainers[*].name}', out: /^look$/, since: 25 },
  { line: 'debug one --image=busybox --copy-to=two --attach=false --quiet' },
  { line: 'wait pod/two --for=condition=Ready --timeout=15s', out: 'pod/two condition met' },
  { line: 'delete pod one --grace-period=1', out: 'pod "one" deleted' },
  { line: 'delete pod brief-none --force --grace-period=0', code: 1, err: 'NotFound' },
  { line: 'run stuck --image=nginx', out: 'pod/stuck created' },
  { line: 'delete pod stuck --force --grace-period=0', out: /pod "stuck" force deleted/ },
  { line: 'delete pod two job --now', out: 'pod "two"' },
];

judgedByKubectl('workloads', (version, judge) => {
  itRuns([...deployments, ...pods], version, judge);
});
