import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAdmissionServer } from '../harness/admission-server.ts';
import type { TestApiServer } from '../harness/api-server.ts';
import { hasKubectl, kubectlFor, type Kubectl } from '../harness/kubectl.ts';

const policy = (name: string, spec: string, binding = 'validationActions: [Deny]') => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: ${name}}
spec:
${spec.replaceAll(/^/gm, '  ')}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: ${name}-binding}
spec:
  policyName: ${name}
${binding.replaceAll(/^/gm, '  ')}
`;

const configMap = (name: string, data = '{}', labels = '{}') => `
apiVersion: v1
kind: ConfigMap
metadata: {name: "${name}", labels: ${labels}}
data: ${data}
`;

const forConfigMaps = `matchConstraints:
  resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [configmaps]}]
`;

describe.skipIf(!hasKubectl())('admission policies, through kubectl', () => {
  let api: TestApiServer;
  let kubectl: Kubectl;

  beforeAll(async () => {
    api = await startAdmissionServer({ listen: true, namespaces: ['default', 'team', 'params'] });
    kubectl = await kubectlFor(api);
  });

  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  const create = (manifest: string, ...args: readonly string[]) =>
    kubectl.run(['create', '-f', '-', ...args], manifest);
  const dryRun = (manifest: string, ...args: readonly string[]) => create(manifest, '--dry-run=server', ...args);

  /** What `use` sees once the policy is in effect: caches take a moment. */
  async function withPolicy(manifest: string, use: () => Promise<void>): Promise<void> {
    await kubectl.out('apply -f -', manifest);
    await use();
    await kubectl.out('delete -f - --wait=false', manifest);
  }

  it('denies with the message that the policy makes, and its reason', async () => {
    const rules = `${forConfigMaps}variables: [{name: size, expression: "size(object.?data.orValue({}))"}]
validations:
- expression: "variables.size <= 1"
  messageExpression: "'at most 1 key, got ' + string(variables.size)"
  reason: Forbidden
- expression: "!object.metadata.name.startsWith('bad')"
`;
    await withPolicy(policy('keys', rules), async () => {
      await expect
        .poll(() => dryRun(configMap('a', '{x: "1", y: "2"}')).then(({ stderr }) => stderr))
        .toContain(
          `Error from server (Forbidden): error when creating "STDIN": configmaps "a" is forbidden: ValidatingAdmissionPolicy 'keys' with binding 'keys-binding' denied request: at most 1 key, got 2`,
        );
      const failed = await dryRun(configMap('bad', '{x: "1"}'));
      expect(failed.stderr).toContain(
        `ValidatingAdmissionPolicy 'keys' with binding 'keys-binding' denied request: failed expression: !object.metadata.name.startsWith('bad')`,
      );
      expect(failed.stderr).toContain('is invalid');
      expect((await dryRun(configMap('good', '{x: "1"}'))).code).toBe(0);
    });
    await expect.poll(() => dryRun(configMap('bad')).then(({ code }) => code)).toBe(0);
  });

  it('warns where the binding says so, and leaves alone what does not match', async () => {
    const rules = `${forConfigMaps}matchConditions: [{name: only-team, expression: "request.namespace == 'team'"}]
validations: [{expression: "false", message: never}]
`;
    await withPolicy(policy('warns', rules, 'validationActions: [Warn]'), async () => {
      await expect
        .poll(() => dryRun(configMap('a'), '-n', 'team').then(({ stderr }) => stderr))
        .toContain(
          `Warning: Validation failed for ValidatingAdmissionPolicy 'warns' with binding 'warns-binding': never`,
        );
      expect((await dryRun(configMap('a'), '-n', 'default')).stderr).toBe('');
    });
  });

  it('selects by labels of namespaces and objects, and by names', async () => {
    const rules = `matchConstraints:
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: team}}
  objectSelector: {matchExpressions: [{key: guarded, operator: Exists}]}
  resourceRules: [{apiGroups: [""], apiVersions: ["*"], operations: ["*"], resources: ["*"]}]
  excludeResourceRules: [{apiGroups: [""], apiVersions: ["*"], operations: ["*"], resources: [configmaps], resourceNames: [free]}]
validations: [{expression: "namespaceObject.metadata.name == 'never'"}]
`;
    await withPolicy(policy('selects', rules), async () => {
      const guarded = (name: string) => configMap(name, '{}', '{guarded: "yes"}');
      await expect.poll(() => dryRun(guarded('a'), '-n', 'team').then(({ code }) => code)).toBe(1);
      expect((await dryRun(guarded('a'), '-n', 'default')).code).toBe(0);
      expect((await dryRun(guarded('free'), '-n', 'team')).code).toBe(0);
      expect((await dryRun(configMap('a'), '-n', 'team')).code).toBe(0);
    });
  });

  it('is given parameters, and minds when they are missing', async () => {
    const rules = `paramKind: {apiVersion: v1, kind: ConfigMap}
matchConstraints:
  resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [secrets]}]
validations: [{expression: "object.metadata.name.size() <= int(params.data.max)", message: too long}]
`;
    const bind = (action: string) => `validationActions: [Deny]
paramRef: {name: limits, namespace: params, parameterNotFoundAction: ${action}}`;
    const secret = (name: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\n`;
    await withPolicy(policy('with-params', rules, bind('Deny')), async () => {
      await expect
        .poll(() => dryRun(secret('abc')).then(({ stderr }) => stderr))
        .toContain(
          'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
        );
      await create(configMap('limits', '{max: "3"}'), '-n', 'params');
      expect((await dryRun(secret('abc'))).code).toBe(0);
      expect((await dryRun(secret('abcd'))).stderr).toContain('denied request: too long');
    });
  });

  it('fails or lets pass, as the policy says, when an expression cannot be evaluated', async () => {
    const rules = (failurePolicy: string) => `failurePolicy: ${failurePolicy}
${forConfigMaps}validations: [{expression: "object.data.missing == 'x'"}]
`;
    await withPolicy(policy('strict', rules('Fail')), async () => {
      await expect
        .poll(() => dryRun(configMap('a', '{x: "1"}')).then(({ stderr }) => stderr))
        .toContain(`denied request: expression 'object.data.missing == 'x'' resulted in error: no such key: missing`);
      await kubectl.out('apply -f -', policy('strict', rules('Ignore')));
      await expect.poll(() => dryRun(configMap('a', '{x: "1"}')).then(({ code }) => code)).toBe(0);
    });
  });

  it('refuses expressions that do not compile, with source and caret', async () => {
    const rules = `${forConfigMaps}variables: [{name: a, expression: "1 + 1"}]
validations: [{expression: "variables.a == 'x'"}, {expression: "object.x", messageExpression: "1"}]
`;
    const { stderr } = await create(policy('broken', rules));
    expect(stderr).toContain(
      `spec.validations[0].expression: Invalid value: "variables.a == 'x'": compilation failed: ERROR: <input>:1:13: found no matching overload for '_==_' applied to '(int, string)'`,
    );
    expect(stderr).toContain('spec.validations[1].messageExpression: Invalid value: "1": must evaluate to string');
    expect(stderr).not.toContain('spec.validations[1].expression');
    await kubectl.out('delete validatingadmissionpolicybinding broken-binding');
  });

  it('warns in the status of what would go wrong with the kinds that the policy names', async () => {
    const rules = `${forConfigMaps}validations:
- expression: "object.data['a'].size() > 1"
- expression: "object.dta.size() > 1"
- expression: "object.metadata.name > 3"
  messageExpression: "object.kind + object.metadata.labels"
`;
    await withPolicy(policy('typed', rules, 'validationActions: [Audit]'), async () => {
      const status = () => kubectl.out('get validatingadmissionpolicy typed -o jsonpath={.status}');
      await expect.poll(status).toContain('expressionWarnings');
      const { typeChecking, observedGeneration } = JSON.parse(await status()) as {
        typeChecking: { expressionWarnings: readonly { fieldRef: string; warning: string }[] };
        observedGeneration: number;
      };
      expect(observedGeneration).toBe(1);
      expect(typeChecking.expressionWarnings).toEqual([
        {
          fieldRef: 'spec.validations[1].expression',
          warning: `v1, Kind=ConfigMap: ERROR: <input>:1:7: undefined field 'dta'\n | object.dta.size() > 1\n | ......^\n`,
        },
        {
          fieldRef: 'spec.validations[2].expression',
          warning: expect.stringContaining(
            `found no matching overload for '_>_' applied to '(string, int)'`,
          ) as unknown,
        },
        {
          fieldRef: 'spec.validations[2].messageExpression',
          warning: expect.stringContaining(`applied to '(string, map(string, string))'`) as unknown,
        },
      ]);
    });
  });

  it('asks the authorizer', async () => {
    const rules = `${forConfigMaps}validations:
- expression: "authorizer.requestResource.check('create').allowed() && authorizer.serviceAccount('default', 'nobody').group('').resource('configmaps').check('create').allowed()"
  message: "the account may not"
`;
    await withPolicy(policy('asks', rules), async () => {
      await expect.poll(() => dryRun(configMap('a')).then(({ stderr }) => stderr)).toContain('the account may not');
    });
  });

  it('changes objects by JSON patches', async () => {
    const manifest = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: stamps}
spec:
  reinvocationPolicy: Never
${forConfigMaps.replaceAll(/^/gm, '  ')}
  variables: [{name: who, expression: "request.userInfo.username"}]
  mutations:
  - patchType: JSONPatch
    jsonPatch:
      expression: >-
        [JSONPatch{op: "add", path: "/metadata/annotations", value: {"by": variables.who}},
         JSONPatch{op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey("a/b"), value: string(1 + 1)}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: stamps}
spec: {policyName: stamps}
`;
    // kubectl 1.32 does not know the kind; it is created through the API all the same.
    await kubectl.out('create --validate=false -f -', manifest);
    const stamped = () =>
      kubectl.run(['create', '-f', '-', '--dry-run=server', '-o', 'jsonpath={.metadata.annotations}'], configMap('a'));
    await expect.poll(() => stamped().then(({ stdout }) => stdout)).toBe('{"a/b":"2","by":"kubernetes-admin"}');
    await kubectl.out('delete mutatingadmissionpolicy stamps');
  });

  it('changes objects by configurations that are merged', async () => {
    const mutation = (expression: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: merges}
spec:
  reinvocationPolicy: IfNeeded
${forConfigMaps.replaceAll(/^/gm, '  ')}
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration: {expression: '${expression}'}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: merges}
spec: {policyName: merges}
`;
    const labels = 'Object{metadata: Object.metadata{labels: {"added": object.metadata.name}, finalizers: ["x.io/y"]}}';
    await kubectl.out('apply --validate=false -f -', mutation(labels));
    const made = (path: string) =>
      kubectl
        .run(['create', '-f', '-', '--dry-run=server', '-o', `jsonpath=${path}`], configMap('a', '{}', '{own: "1"}'))
        .then(({ stdout, stderr }) => stdout + stderr);
    await expect
      .poll(() => made('{.metadata.labels} {.metadata.finalizers}'))
      .toBe('{"added":"a","own":"1"} ["x.io/y"]');
    await kubectl.out('apply --validate=false -f -', mutation('Object{metadata: Object.metadata{nope: 1}}'));
    await expect.poll(() => made('{.metadata.labels}')).toBe('{"own":"1"}');
    await kubectl.out('delete mutatingadmissionpolicy merges');
  });
});
