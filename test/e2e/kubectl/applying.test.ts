import { itRuns, type Command } from './command-table.ts';
import { judgedByKubectl } from './judged.ts';

const configMap = (data: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: shared}
data: {${data}}
`;

const web = (replicas: number, image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "${image}"}]}
`;

const keys = 'get configmap shared -o jsonpath={.data}';
const managers = 'get --raw /api/v1/namespaces/$NS/configmaps/shared';
const ssa = 'apply --server-side -f -';

const owned: readonly Command[] = [
  {
    line: `${ssa} --dry-run=server`,
    stdin: configMap('a: "1"'),
    out: 'configmap/shared serverside-applied (server dry run)',
  },
  { line: 'get configmap shared', code: 1, err: 'NotFound' },
  { line: ssa, stdin: configMap('a: "1"'), out: 'configmap/shared serverside-applied' },
  { line: `${ssa} --field-manager=other`, stdin: configMap('b: "2"'), out: 'serverside-applied' },
  { line: keys, out: /^{"a":"1","b":"2"}$/ },
  {
    line: `${ssa} --field-manager=other`,
    stdin: configMap('a: "3"'),
    code: 1,
    err: /Apply failed with 1 conflict: conflict with "kubectl":? ?(using v1)?:? ?\.data\.a/,
  },
  { line: `${ssa} --field-manager=other --force-conflicts`, stdin: configMap('a: "3"'), out: 'serverside-applied' },
  { line: keys, out: /^{"a":"3"}$/ },
  { line: ssa, stdin: configMap('c: "4"'), out: 'serverside-applied' },
  { line: keys, out: /^{"a":"3","c":"4"}$/ },
  {
    line: managers,
    out: /"manager":"other","operation":"Apply"[^]*"manager":"kubectl","operation":"Apply"|"manager":"kubectl","operation":"Apply"[^]*"manager":"other","operation":"Apply"/,
  },
  { line: 'get configmap shared -o yaml --show-managed-fields', out: 'f:data:', since: 21 },
  { line: 'diff --server-side -f -', stdin: configMap('c: "4"') },
  { line: 'diff --server-side -f -', stdin: configMap('c: "5"'), code: 1, out: /^\+ +c: "5"$/m },
  {
    line: ssa,
    stdin: `${configMap('c: "4"')}spec: {}\n`,
    code: 1,
    err: /field not declared in schema|unknown field "spec"/,
  },
];

/** What was applied by the client before is taken over by the server. */
const migrated: readonly Command[] = [
  { line: 'apply -f -', stdin: web(0, 'nginx:1'), out: 'created' },
  { line: ssa, stdin: web(0, 'nginx:2'), out: 'serverside-applied', since: 25 },
  { line: `${ssa} --force-conflicts`, stdin: web(0, 'nginx:2'), out: 'serverside-applied', until: 24 },
  { line: 'get deployment web -o jsonpath={..image}', out: /^nginx:2$/ },
  { line: 'apply -f -', stdin: web(0, 'nginx:3'), out: 'configured' },
  { line: 'get deployment web -o jsonpath={..image}', out: /^nginx:3$/ },
  { line: 'scale deployment web --replicas=1', out: 'scaled' },
  { line: 'get deployment web -o jsonpath={.spec.replicas}', out: /^1$/ },
];

judgedByKubectl('applying on the server', (version, judge) => {
  itRuns([...owned, ...migrated], version, judge);
});
