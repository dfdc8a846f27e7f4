import { afterAll, beforeEach, expect, it } from 'vitest';
import { isObject } from '../../src/apimachinery/index.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  mutatingWebhookConfigurations,
  namespaces,
  secrets,
  serviceAccounts,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
} from '../../src/apis/index.ts';
import { http1Transport as http, type HttpsOptions } from '../harness/https.ts';
import { startKubectlMember } from '../harness/kubectl-member.ts';
import { startWebhookServer } from '../harness/webhook-server.ts';

type Annotations = Readonly<Record<string, string>>;

const events: { readonly auditID: string; readonly annotations: Annotations }[] = [];

const hook = await startWebhookServer({
  answers: {
    '/label': () => ({
      allowed: true,
      patch: [{ op: 'add', path: '/metadata/annotations', value: { hooked: '<yes>' } }],
      auditAnnotations: { why: 'it was time', 'not/a/key': '' },
    }),
    '/nothing': () => ({ allowed: true }),
    '/broken': () => '<html>',
  },
});

const rules = [{ level: 'Request' as const, resources: [{ resources: ['secrets'] }] }, { level: 'Metadata' as const }];

const member = await startKubectlMember({
  nodes: 0,
  audit: {
    policy: { rules, omitStages: ['RequestReceived'] },
    write: (line) => {
      const event: unknown = JSON.parse(line);
      if (!isObject(event)) return;
      const { auditID, annotations = {} } = event;
      // @NOTE the annotations of events are texts.
      events.push({ auditID: String(auditID), annotations: annotations as Annotations });
    },
  },
});

afterAll(async () => {
  await member[Symbol.asyncDispose]();
  await hook[Symbol.asyncDispose]();
});

beforeEach(() => {
  events.length = 0;
});

/** What the audit event of a request says beside the request. */
async function annotationsOf(path: string, options?: HttpsOptions): Promise<Annotations> {
  const { headers } = await http.send(member, path, options);
  const find = () => events.find(({ auditID }) => auditID === headers['audit-id']);
  await expect.poll(find).toBeDefined();
  return find()?.annotations ?? {};
}

const create = (path: string, object: object) =>
  annotationsOf(`${path}?dryRun=All`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(object),
  });

const place = '/api/v1/namespaces/default';
const inDefault = (name: string) => ({ metadata: { namespace: 'default', name } });

it('says who was allowed and by what, and who was not', async () => {
  const { client } = member.cluster;
  const { metadata } = await client.create(serviceAccounts, inDefault('reader'));
  await client.create(secrets, {
    metadata: { ...inDefault('token').metadata, annotations: { 'kubernetes.io/service-account.name': 'reader' } },
    type: 'kubernetes.io/service-account-token',
  });
  await client.create(clusterRoles, {
    metadata: { name: 'reader' },
    rules: [{ verbs: ['list'], apiGroups: [''], resources: ['configmaps'] }],
  });
  await client.create(clusterRoleBindings, {
    metadata: { name: 'readers' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: metadata.name ?? '' }],
  });
  const token = async () => (await client.get(secrets, inDefault('token').metadata)).data?.['token'];
  await expect.poll(token).toBeDefined();
  const bearer = Buffer.from((await token()) ?? '', 'base64').toString();
  const asReader = { identity: null, headers: { authorization: `Bearer ${bearer}` } };
  await expect
    .poll(() => annotationsOf(`${place}/configmaps`, asReader))
    .toEqual({
      'authentication.k8s.io/legacy-token': 'system:serviceaccount:default:reader',
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason':
        'RBAC: allowed by ClusterRoleBinding "readers" of ClusterRole "reader" to ServiceAccount "reader/default"',
    });
  expect(await annotationsOf(`${place}/secrets`, asReader)).toMatchObject({
    'authorization.k8s.io/decision': 'forbid',
  });
  expect(await annotationsOf(`${place}/secrets`)).toEqual({
    'authorization.k8s.io/decision': 'allow',
    'authorization.k8s.io/reason': '',
  });
});

it('says what policies found', async () => {
  const { client } = member.cluster;
  await client.create(validatingAdmissionPolicies, {
    metadata: { name: 'sizes' },
    spec: {
      matchConstraints: {
        resourceRules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
      },
      validations: [{ expression: 'true' }, { expression: 'size(object.data) < 1' }],
      auditAnnotations: [
        { key: 'size', valueExpression: "'it has ' + string(size(object.data))" },
        { key: 'none', valueExpression: 'null' },
      ],
    },
  });
  await client.create(validatingAdmissionPolicyBindings, {
    metadata: { name: 'bound' },
    spec: { policyName: 'sizes', validationActions: ['Warn', 'Audit'] },
  });
  const failure =
    '[{"message":"failed expression: size(object.data) \\u003c 1","policy":"sizes","binding":"bound",' +
    '"expressionIndex":1,"validationActions":["Warn","Audit"]}]';
  await expect
    .poll(() => create(`${place}/configmaps`, { ...inDefault('a'), data: { a: '' } }))
    .toMatchObject({
      'sizes/size': 'it has 1',
      'validation.policy.admission.k8s.io/validation_failure': failure,
    });
});

it('says what webhooks did, and shows patches where bodies are shown', async () => {
  const { client } = member.cluster;
  const webhook = (path: string, options: object = {}) => ({
    name: `${path.slice(1)}.example.com`,
    clientConfig: { url: `https://127.0.0.1:${hook.port}${path}`, caBundle: hook.caBundle },
    rules: [
      { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['secrets', 'serviceaccounts'] },
    ],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...options,
  });
  const failurePolicy = 'Ignore';
  await client.create(mutatingWebhookConfigurations, {
    metadata: { name: 'changes' },
    webhooks: [
      webhook('/nothing', { reinvocationPolicy: 'IfNeeded' }),
      webhook('/label'),
      webhook('/broken', { failurePolicy }),
    ],
  });
  await client.create(validatingWebhookConfigurations, {
    metadata: { name: 'checks' },
    webhooks: [webhook('/nothing', { rules: [] }), webhook('/broken', { failurePolicy })],
  });
  const asked = (name: string, mutated: boolean) =>
    `{"configuration":"changes","webhook":"${name}.example.com","mutated":${mutated}}`;
  const common = {
    'label.example.com/why': 'it was time',
    'audit.koinon.dev/annotations-left-out': '1',
    'mutation.webhook.admission.k8s.io/round_0_index_0': asked('nothing', false),
    'mutation.webhook.admission.k8s.io/round_0_index_1': asked('label', true),
    'mutation.webhook.admission.k8s.io/round_0_index_2': asked('broken', false),
    'mutation.webhook.admission.k8s.io/round_1_index_0': asked('nothing', false),
    'failed-open.mutation.webhook.admission.k8s.io/round_0_index_2': 'broken.example.com',
    'failed-open.validating.webhook.admission.k8s.io/round_0_index_0': 'broken.example.com',
  };
  const patch = 'patch.webhook.admission.k8s.io/round_0_index_1';
  await expect
    .poll(() => create(`${place}/secrets`, inDefault('a')))
    .toMatchObject({
      ...common,
      [patch]:
        '{"configuration":"changes","webhook":"label.example.com","patch":[{"op":"add","path":"/metadata/annotations",' +
        '"value":{"hooked":"\\u003cyes\\u003e"}}],"patchType":"JSONPatch"}',
    });
  const ofAccount = await create(`${place}/serviceaccounts`, inDefault('a'));
  expect(ofAccount).toMatchObject(common);
  expect(ofAccount).not.toHaveProperty([patch]);
});

it('says which standard of pods was enforced, and which would have refused', async () => {
  const prefix = 'pod-security.kubernetes.io';
  const labels = { [`${prefix}/enforce`]: 'baseline', [`${prefix}/audit`]: 'restricted' };
  await member.cluster.client.create(namespaces, { metadata: { name: 'strict', labels } });
  const pod = { metadata: { name: 'a' }, spec: { containers: [{ name: 'a', image: 'a' }] } };
  // The namespace has to get its ServiceAccount first.
  await expect
    .poll(() => create('/api/v1/namespaces/strict/pods', pod))
    .toMatchObject({
      [`${prefix}/enforce-policy`]: 'baseline:latest',
      [`${prefix}/audit-violations`]: expect.stringMatching(
        /^would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false \(container "a" must set /,
      ) as string,
    });
  expect(await create(`${place}/pods`, pod)).toMatchObject({ [`${prefix}/enforce-policy`]: 'privileged:latest' });
});
