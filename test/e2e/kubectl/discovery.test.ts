import { itRuns, type Command } from './command-table.ts';
import { judgedByKubectl } from './judged.ts';

const commands: readonly Command[] = [
  { line: 'version', out: /Server Version: .*v1\.36\.0\+koinon/ },
  { line: 'cluster-info', out: /control plane.* is running at .*https:\/\/127\./ },
  { line: 'cluster-info dump --namespaces=kube-system', out: '"kind": "NodeList"' },
  { line: 'api-versions', out: /^apps\/v1$[^]*^v1$/m },
  { line: 'api-resources --api-group=apps -o name', out: /^deployments\.apps$/m },
  { line: 'api-resources --namespaced=false --verbs=list', out: /^nodes +no .* Node *$/m, until: 20 },
  { line: 'api-resources --namespaced=false --verbs=list', out: /^nodes +no +v1 +false +Node *$/m, since: 21 },
  { line: 'explain deployment.spec.replicas', out: /FIELD: +replicas <integer>/ },
  { line: 'explain pods', out: /KIND: +Pod\nVERSION: +v1\n[^]*spec\s+<(Object|PodSpec)>/ },
  { line: 'explain pods.spec.nothing', code: 1, err: 'field "nothing" does not exist' },
  { line: 'get --raw /readyz', out: /^ok$/ },
  { line: 'get --raw /nothing', code: 1, err: 'NotFound' },
  { line: 'get nothing', code: 1, err: `the server doesn't have a resource type "nothing"` },
  { line: 'auth can-i create pods', out: 'yes' },
  { line: 'auth can-i create pods --as=anna', code: 1, out: 'no' },
  { line: 'auth can-i --list --as=anna', out: 'selfsubjectaccessreviews.authorization.k8s.io' },
  { line: 'auth whoami', out: /Username +kubernetes-admin/, since: 28 },
  { line: 'get csr', err: 'No resources found' },
];

const role = (name: string, verbs: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: ${name}, namespace: $NS}
rules: [{apiGroups: [""], resources: [pods], verbs: [${verbs}]}]
`;

const roles: readonly Command[] = [
  {
    line: 'auth reconcile -f -',
    stdin: role('reader', 'get'),
    out: 'role.rbac.authorization.k8s.io/reader reconciled',
  },
  { line: 'auth reconcile -f -', stdin: role('reader', 'list'), err: 'missing rules added' },
  { line: 'get role reader -o jsonpath={.rules[*].verbs}', out: /get.*list/ },
];

judgedByKubectl('finding out what there is', (version, judge) => {
  itRuns([...commands, ...roles], version, judge);
});
