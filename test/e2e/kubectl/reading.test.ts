import { beforeAll } from 'vitest';
import { itRuns, type Command } from './command-table.ts';
import { judgedByKubectl } from './judged.ts';

const reading: readonly Command[] = [
  { line: 'get pods -l app=web', out: /^NAME +READY +STATUS +RESTARTS +AGE\nweb-[^]* 1\/1 +Running +0 +\d+s\n/ },
  { line: 'get pods -o wide', out: /NODE +NOMINATED NODE +READINESS GATES\n/ },
  { line: 'get pods --no-headers -l app=web --chunk-size=1', out: /^(web-\S+ +1\/1 +Running +0 +\d+s\n){2}$/ },
  { line: 'get pods -l app=none', err: 'No resources found' },
  { line: `get pods -l 'app in (web,other),tier!=back' -o name`, out: /^(pod\/web-\S+\n){2}$/ },
  { line: 'get pods --field-selector=status.phase=Running -o name', out: /^(pod\/\S+\n){2}$/ },
  { line: 'get pods --field-selector=spec.nothing=a', code: 1, err: 'field label not supported: spec.nothing' },
  { line: 'get deployment web -o yaml', out: /^apiVersion: apps\/v1\nkind: Deployment$/m },
  { line: 'get deployment web -o json', out: '"kind": "Deployment"' },
  { line: 'get deployment web -o custom-columns=A:.metadata.name,B:.spec.replicas', out: /^A +B\nweb +2\n$/ },
  { line: `get deployment web -o go-template='{{.spec.replicas}}'`, out: /^2$/ },
  { line: 'get pods --sort-by=.metadata.creationTimestamp', out: /^NAME +READY[^]*web-/ },
  { line: 'get pods -L app --show-labels', out: /APP +LABELS\n[^]* web +app=web,pod-template-hash=/ },
  { line: 'get all', out: /pod\/web-[^]*service\/web[^]*deployment.apps\/web[^]*replicaset.apps\/web-/ },
  { line: 'get deployment,service web', out: /deployment.apps\/web[^]*service\/web/ },
  { line: 'get pods -A', out: new RegExp('^NAMESPACE +NAME +READY') },
  { line: 'get deployment web --subresource=scale', out: /^NAME +DESIRED +AVAILABLE +AGE\nweb +2 +2 +/, since: 24 },
  { line: 'get deployment web --subresource=status -o name', out: 'deployment.apps/web', since: 24 },
  { line: 'get nodes', out: /^NAME +STATUS +ROLES +AGE +VERSION\n(\S+ +Ready +\S+ +\d+s +v1\.\S+\n){2}$/ },
];

const described: readonly Command[] = [
  { line: 'describe deployment web', out: /Replicas: +2 desired \| 2 updated \| 2 total \| 2 available/ },
  { line: 'describe pods -l app=web --show-events', out: /Status: +Running[^]*Events:[^]*Scheduled/, eventually: true },
  { line: 'describe service web', out: /Endpoints: +\d+\.[^]*Session Affinity: +None/ },
  { line: 'describe nodes', out: /Allocatable:[^]*Non-terminated Pods:[^]*Allocated resources:/ },
  { line: 'describe namespace $NS', out: /Status: +Active[^]*Resource Quotas/ },
  { line: 'describe replicaset', out: /Controlled By: +Deployment\/web/ },
  { line: 'describe configmap', out: 'kube-root-ca.crt' },
  { line: 'describe secret', err: 'No resources found' },
  { line: 'describe ingress web', out: /Rules:[^]*a\.example\.com/, since: 21 },
  { line: 'describe hpa web', out: /Reference: +Deployment\/web/ },
  { line: 'describe serviceaccount default', out: /Name: +default/ },
  { line: 'describe quota', out: /Resource +Used +Hard/ },
  { line: 'describe pdb', out: /Min available: +1/ },
  { line: 'describe job once', out: /Parallelism: +1[^]*1 Succeeded/, eventually: true },
  { line: 'describe pod nothing', code: 1, err: 'NotFound' },
];

const told: readonly Command[] = [
  { line: 'get events', out: /ScalingReplicaSet/, eventually: true },
  { line: 'get events --sort-by=.metadata.creationTimestamp -o wide', out: 'SUBOBJECT' },
  { line: 'events', out: /ScalingReplicaSet/, since: 28 },
  { line: 'events --for=deployment/web', out: /deployment-controller|Scaled up|Deployment\/web/, since: 28 },
  { line: 'events --types=Warning --for=deployment/web', out: /^$|Warning/, since: 28 },
  {
    line: 'get events --field-selector=involvedObject.kind=Deployment,reason=ScalingReplicaSet',
    out: 'deployment/web',
  },
];

const objects = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: nginx, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: a.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 8080}}}}]}
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 3}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: small}
spec: {hard: {configmaps: "100"}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ["true"]}]}}}
`;

judgedByKubectl('reading', (version, judge) => {
  beforeAll(async () => {
    await judge().kubectl.out('create -f - --validate=false', objects);
    await judge().kubectl.out('rollout status deployment/web --timeout=15s');
  });
  itRuns([...reading, ...described, ...told], version, judge);
});
