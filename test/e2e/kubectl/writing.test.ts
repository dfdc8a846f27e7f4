import { itRuns, type Command } from './command-table.ts';
import { judgedByKubectl } from './judged.ts';

const configMap = (name: string, value: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, labels: {app: demo}}
data: {key: ${value}}
`;

const web = (image: string, env = 'a') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: demo}}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "${image}", env: [{name: A, value: ${env}}]}]}
`;

const generators: readonly Command[] = [
  { line: 'create namespace $NS-more', out: /namespace\/v1-\d+-more created/ },
  { line: 'create configmap settings --from-literal=a=b', out: 'configmap/settings created' },
  { line: 'create secret generic keys --from-literal=k=v', out: 'secret/keys created' },
  { line: 'create deployment made --image=nginx --replicas=0', out: 'deployment.apps/made created' },
  { line: 'create job once --image=busybox -- true', out: 'job.batch/once created' },
  { line: 'create cronjob daily --image=busybox --schedule=@daily', out: /cronjob.batch\/daily created/ },
  { line: 'create job again --from=cronjob/daily', out: 'job.batch/again created', since: 21 },
  { line: 'wait --for=condition=complete job/once --timeout=20s', out: 'job.batch/once condition met' },
  { line: 'wait --for=condition=complete job/again --timeout=20s', out: 'condition met', since: 21 },
  { line: 'create job saying --image=busybox -- echo hello', out: 'job.batch/saying created' },
  { line: 'logs job/saying', out: /^hello$/m, eventually: true },
  { line: 'create serviceaccount robot', out: 'serviceaccount/robot created' },
  { line: 'create token robot', out: /^ey[\w-]+\.[\w-]+\.[\w-]+\n?$/, since: 24 },
  { line: 'create token robot --duration=10m --audience=somebody', out: /^ey/, since: 24 },
  { line: 'create token nobody', code: 1, err: 'serviceaccounts "nobody" not found', since: 24 },
  { line: 'create role reader --verb=get --resource=pods', out: 'role.rbac.authorization.k8s.io/reader created' },
  { line: 'create rolebinding reads --role=reader --serviceaccount=$NS:robot', out: 'reads created' },
  { line: 'create clusterrole $NS-all --verb=get --resource=pods', out: 'created' },
  { line: 'create clusterrolebinding $NS-all --clusterrole=$NS-all --user=anna', out: 'created' },
  { line: 'auth can-i get pods --as=system:serviceaccount:$NS:robot', out: 'yes', eventually: true },
  { line: 'create service clusterip front --tcp=80:8080', out: 'service/front created' },
  { line: `create ingress in --rule='a.example.com/*=front:80'`, out: 'networking.k8s.io/in created', since: 21 },
  { line: 'create quota small --hard=configmaps=100', out: 'resourcequota/small created' },
  { line: 'create pdb one --selector=app=web --min-available=1', out: 'poddisruptionbudget.policy/one created' },
  { line: 'create priorityclass $NS-high --value=1000', out: 'created' },
];

const declared: readonly Command[] = [
  { line: 'create -f -', stdin: configMap('plain', 'a'), out: 'configmap/plain created' },
  { line: 'create -f -', stdin: configMap('plain', 'a'), code: 1, err: 'AlreadyExists' },
  { line: 'create -f -', stdin: `${configMap('bad', 'a')}spec: {}\n`, code: 1, err: /unknown field "spec"/ },
  { line: 'apply -f -', stdin: web('nginx:1'), out: 'deployment.apps/web created' },
  { line: 'apply -f -', stdin: web('nginx:1'), out: 'deployment.apps/web unchanged' },
  { line: 'diff -f -', stdin: web('nginx:1') },
  { line: 'diff -f -', stdin: web('nginx:2'), code: 1, out: /^\+ +- image: nginx:2$|^\+ +image: nginx:2$/m },
  { line: 'apply -f - --dry-run=server', stdin: web('nginx:2'), out: 'web configured (server dry run)' },
  { line: 'apply -f -', stdin: web('nginx:2', 'b'), out: 'deployment.apps/web configured' },
  { line: 'get deployment web -o jsonpath={..image}/{..env[0].value}', out: 'nginx:2/b' },
  { line: 'apply view-last-applied deployment/web', out: 'image: nginx:2' },
  { line: 'apply set-last-applied -f -', stdin: web('nginx:2', 'b'), out: /configured|skip/ },
  { line: 'apply -f -', stdin: configMap('pruned', 'a'), out: 'created' },
  {
    line: 'apply --prune -l app=demo -n $NS -f -',
    stdin: web('nginx:2', 'b'),
    out: /configmap\/pruned pruned/,
  },
  { line: 'replace -f -', stdin: configMap('plain', 'b'), out: 'configmap/plain replaced' },
  { line: 'replace --force -f -', stdin: configMap('plain', 'c'), out: /deleted[^]*replaced/ },
  { line: 'get configmap plain -o jsonpath={.data.key}', out: /^c$/ },
];

const changed: readonly Command[] = [
  { line: `patch configmap plain -p '{"data":{"x":"1"}}'`, out: 'patched' },
  { line: `patch configmap plain --type=merge -p '{"data":{"x":null,"y":"2"}}'`, out: 'patched' },
  { line: `patch configmap plain --type=json -p '[{"op":"add","path":"/data/z","value":"3"}]'`, out: 'patched' },
  {
    line: `patch configmap plain --type=json -p '[{"op":"test","path":"/data/z","value":"4"}]'`,
    code: 1,
    err: 'The request is invalid',
  },
  { line: 'get configmap plain -o jsonpath={.data}', out: '{"key":"c","y":"2","z":"3"}' },
  { line: `patch configmap plain -p '{"data":'`, code: 1, err: /unable to parse|yaml|json/i },
  { line: 'get configmap plain -o name --subresource=status', code: 1, err: /NotFound|could not find/, since: 24 },
  { line: 'label configmap plain color=blue', out: 'configmap/plain labeled' },
  { line: 'label configmap plain color=red', code: 1, err: '--overwrite is false' },
  { line: 'label configmap plain color=red --overwrite', out: 'labeled' },
  { line: 'label configmap plain color-', out: /labeled/ },
  { line: 'annotate configmap plain note=this', out: 'configmap/plain annotated' },
  { line: 'set image deployment/web nginx=nginx:3', out: 'image updated' },
  { line: 'set env deployment/web B=c', out: 'env updated' },
  { line: 'set env deployment/web A-', out: 'env updated' },
  { line: 'set resources deployment web --limits=cpu=200m', out: 'resource requirements updated' },
  { line: 'set serviceaccount deployment web robot', out: 'serviceaccount updated' },
  { line: 'set selector service front app=web', out: 'selector updated' },
  { line: 'set subject rolebinding reads --user=berta', out: 'subjects updated' },
  {
    line: 'get deployment web -o jsonpath={..image}/{..env[*].name}/{..limits.cpu}/{..serviceAccountName}',
    out: /^nginx:3\/B\/200m\/robot$/,
  },
];

const deleted: readonly Command[] = [
  { line: 'delete configmap plain', out: 'configmap "plain" deleted' },
  { line: 'delete configmap plain', code: 1, err: 'Error from server (NotFound): configmaps "plain" not found' },
  { line: 'delete configmap plain --ignore-not-found' },
  { line: 'delete deployment web --cascade=foreground', out: 'deleted' },
  { line: 'delete deployment made --cascade=orphan', out: 'deleted' },
  { line: 'create configmap swept --from-literal=a=b', out: 'created' },
  { line: 'label configmap swept sweep=me', out: 'labeled' },
  { line: 'delete configmaps -l sweep=me', out: 'configmap "swept" deleted' },
  { line: 'delete -f -', stdin: configMap('none', 'a'), code: 1, err: 'NotFound' },
  { line: 'delete secrets --all --wait=false', out: /"keys" deleted/ },
  { line: 'delete jobs,cronjobs --all', out: /"daily" deleted/ },
  { line: 'delete namespace $NS-more', out: 'deleted' },
  { line: 'get namespace $NS-more', code: 1, err: 'NotFound' },
];

judgedByKubectl('writing', (version, judge) => {
  itRuns([...generators, ...declared, ...changed, ...deleted], version, judge);
});
