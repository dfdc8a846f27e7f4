import { afterAll, beforeEach, expect, it } from 'vitest';
import {
  configMaps,
  horizontalPodAutoscalers,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../../src/apis/index.ts';
import { startAdmissionServer } from '../harness/admission-server.ts';
import { startWebhookServer, type WebhookAnswer } from '../harness/webhook-server.ts';

const label =
  (name: string) => (request: { readonly object: { readonly metadata: { readonly labels?: object } } | null }) => ({
    allowed: true,
    patch: [
      ...(request.object?.metadata.labels === undefined ? [{ op: 'add', path: '/metadata/labels', value: {} }] : []),
      {
        op: 'add',
        path: `/metadata/labels/${name}`,
        value: String(Object.keys(request.object?.metadata.labels ?? {}).length),
      },
    ],
  });

const hook = await startWebhookServer({
  hosts: ['hook.default.svc'],
  answers: {
    '/allow': () => ({ allowed: true, warnings: ['mind the gap'] }),
    '/deny': ({ name = '' }): WebhookAnswer =>
      name.startsWith('bad') ? { allowed: false, status: { message: `${name} is bad` } } : { allowed: true },
    '/teapot': () => ({ allowed: false, status: { code: 422, reason: 'Invalid', message: 'no tea' } }),
    '/silent': () => undefined,
    '/garbage': () => '<html>',
    '/first': label('first'),
    '/second': label('second'),
    '/misfits': () => ({ allowed: true, patch: [{ op: 'add', path: '/data', value: { a: [1] } }] }),
    '/breaks': () => ({ allowed: true, patch: [{ op: 'remove', path: '/metadata' }] }),
  },
});

const api = await startAdmissionServer({
  namespaces: ['default', 'other'],
  resolveService: (namespace, name, port) =>
    namespace === 'default' && name === 'hook' && port === 443 ? { host: hook.host, port: hook.port } : undefined,
});

beforeEach(async () => {
  hook.asked.length = 0;
  for (const resource of [mutatingWebhookConfigurations, validatingWebhookConfigurations]) {
    await api.admin.deleteCollection(resource, {});
  }
  await expect.poll(() => create('unasked').then(() => hook.asked)).toEqual([]);
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await hook[Symbol.asyncDispose]();
});

const rules = [
  { operations: ['CREATE', 'UPDATE', 'DELETE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] },
];

function webhook(path: string, options: object = {}) {
  return {
    name: `${path.slice(1)}.example.com`,
    clientConfig: { url: `https://127.0.0.1:${hook.port}${path}`, caBundle: hook.caBundle },
    rules,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...options,
  };
}

async function configure(kind: 'mutating' | 'validating', ...webhooks: readonly ReturnType<typeof webhook>[]) {
  const resource = kind === 'mutating' ? mutatingWebhookConfigurations : validatingWebhookConfigurations;
  await api.admin.create(resource, { metadata: { name: kind }, webhooks });
}

const names = { count: 0 };
const create = (name: string, options: { readonly namespace?: string; readonly dryRun?: boolean } = {}) => {
  const { namespace = 'default', dryRun = false } = options;
  names.count += 1;
  return api.admin.create(configMaps, { metadata: { name: `${name}-${names.count}`, namespace } }, { dryRun });
};

it('sends an AdmissionReview, passes warnings on, and asks about changes and deletions too', async () => {
  await configure('validating', webhook('/allow'));
  await expect.poll(() => create('told').then(() => hook.asked.length)).toBe(1);
  const { request } = hook.asked[0]!;
  expect(request).toMatchObject({
    operation: 'CREATE',
    namespace: 'default',
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
    object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: request.name } },
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  });
  const key = { namespace: 'default', name: request.name ?? '' };
  await api.admin.patch(configMaps, key, { type: 'merge', patch: { data: { a: 'b' } } });
  await api.admin.delete(configMaps, key);
  expect(
    hook.asked.map(({ request: { operation, object, oldObject } }) => [operation, object !== null, oldObject !== null]),
  ).toEqual([
    ['CREATE', true, false],
    ['UPDATE', true, true],
    ['DELETE', false, true],
  ]);
});

it('refuses in the words and with the code of the webhook', async () => {
  await configure('validating', webhook('/deny'));
  await expect
    .poll(() => create('bad').catch((err: unknown) => String(err)))
    .toContain('admission webhook "deny.example.com" denied the request: bad');
  await expect(create('bad')).rejects.toMatchObject({ status: { code: 403, reason: 'Forbidden' } });
  await expect(create('good')).resolves.toMatchObject({});
  await api.admin.deleteCollection(validatingWebhookConfigurations, {});
  await configure('validating', webhook('/teapot'));
  await expect
    .poll(() => create('any').catch((err: unknown) => err))
    .toMatchObject({
      status: {
        code: 422,
        reason: 'Invalid',
        message: 'admission webhook "teapot.example.com" denied the request: no tea',
      },
    });
});

it.each([
  ['/garbage', 'failed calling webhook "garbage.example.com": the answer is no JSON'],
  ['/silent', 'context deadline exceeded'],
  ['/nowhere', 'context deadline exceeded'],
])('fails closed when %s does not answer properly, and open where that was asked for', async (path, why) => {
  await configure('validating', webhook(path, { timeoutSeconds: 1 }));
  await expect.poll(() => create('any').catch((err: unknown) => String(err)), { timeout: 5000 }).toContain(why);
  await api.admin.deleteCollection(validatingWebhookConfigurations, {});
  await configure('validating', webhook(path, { timeoutSeconds: 1, failurePolicy: 'Ignore' }));
  await expect.poll(() => create('any').then(() => 'passed', String), { timeout: 5000 }).toBe('passed');
});

it('trusts nobody but the given authority', async () => {
  await configure('validating', webhook('/allow', { clientConfig: { url: `https://127.0.0.1:${hook.port}/allow` } }));
  await expect
    .poll(() => create('any').catch((err: unknown) => String(err)))
    .toMatch(
      /Internal error occurred: failed calling webhook "allow.example.com": failed to call webhook: Post "https:.*\/allow\?timeout=10s": .*certificate/,
    );
});

it('finds a webhook behind a Service', async () => {
  const service = { namespace: 'default', name: 'hook', path: '/deny' };
  await configure('validating', webhook('/deny', { clientConfig: { service, caBundle: hook.caBundle } }));
  await expect.poll(() => create('bad').catch((err: unknown) => String(err))).toContain('denied the request: bad');
  await api.admin.deleteCollection(validatingWebhookConfigurations, {});
  const missing = { ...service, name: 'absent' };
  await configure('validating', webhook('/deny', { clientConfig: { service: missing, caBundle: hook.caBundle } }));
  await expect.poll(() => create('bad').catch((err: unknown) => String(err))).toContain('service "absent" not found');
});

it('asks only about what was selected', async () => {
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'other' } };
  const matchConditions = [
    { name: 'c', expression: "object.metadata.name.startsWith('bad') && request.dryRun == false" },
  ];
  await configure('validating', webhook('/deny', { namespaceSelector, matchConditions }));
  await expect
    .poll(() => create('bad', { namespace: 'other' }).catch((err: unknown) => String(err)))
    .toContain('denied');
  await expect(create('bad', { namespace: 'default' })).resolves.toBeDefined();
  await expect(create('good', { namespace: 'other' })).resolves.toBeDefined();
  await expect(create('bad', { namespace: 'other', dryRun: true })).resolves.toBeDefined();
  expect(hook.asked.every(({ request }) => request.name?.startsWith('bad') === true)).toBe(true);
});

it('applies patches in order, and asks once more whoever wishes so', async () => {
  await configure('mutating', webhook('/first', { reinvocationPolicy: 'IfNeeded' }), webhook('/second'));
  const labelsOf = async () => (await create('patched')).metadata.labels;
  await expect.poll(labelsOf).toEqual({ first: '2', second: '1' });
  expect(hook.asked.slice(-3).map(({ path }) => path)).toEqual(['/first', '/second', '/first']);
});

it('asks mutating webhooks about deletions, which they may refuse', async () => {
  const { name } = (await create('bad')).metadata;
  await configure('mutating', webhook('/deny'));
  await expect.poll(() => create('bad').catch((err: unknown) => String(err))).toContain('denied');
  const key = { namespace: 'default', name: name ?? '' };
  await expect(api.admin.delete(configMaps, key)).rejects.toThrow(`denied the request: ${key.name} is bad`);
  expect(hook.asked.at(-1)?.request).toMatchObject({
    operation: 'DELETE',
    object: null,
    oldObject: { kind: 'ConfigMap' },
  });
});

it('lets no patch make something else of an object', async () => {
  await configure('mutating', webhook('/breaks'));
  await expect
    .poll(() => create('any').catch((err: unknown) => String(err)))
    .toContain('failed calling webhook "breaks.example.com"');
});

it('reads what a patch made as it would read a body', async () => {
  await configure('mutating', webhook('/misfits'));
  await expect
    .poll(() => create('any').catch((err: unknown) => String(err)))
    .toContain(
      'failed calling webhook "misfits.example.com": ConfigMap in version "v1" cannot be handled as a ConfigMap',
    );
});

it('shows a resource in the version that was asked for', async () => {
  const forV1 = [
    {
      operations: ['CREATE'],
      apiGroups: ['autoscaling'],
      apiVersions: ['v1'],
      resources: ['horizontalpodautoscalers'],
    },
  ];
  await configure('validating', webhook('/allow', { rules: forV1 }));
  const spec = { scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' }, maxReplicas: 3 };
  const make = (name: string) =>
    api.admin.create(horizontalPodAutoscalers, { metadata: { name, namespace: 'default' }, spec });
  await expect.poll(() => make(`hpa-${(names.count += 1)}`).then(() => hook.asked.length)).toBeGreaterThan(0);
  expect(hook.asked[0]?.request).toMatchObject({
    resource: { version: 'v1' },
    requestResource: { version: 'v2' },
    object: { apiVersion: 'autoscaling/v1' },
  });
});

it('never asks about the configuration of webhooks', async () => {
  const everything = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }];
  await configure('validating', webhook('/teapot', { rules: everything }));
  await expect.poll(() => create('any').catch((err: unknown) => String(err))).toContain('no tea');
  await expect(api.admin.delete(validatingWebhookConfigurations, { name: 'validating' })).resolves.toBeDefined();
});
