import { expect, it } from 'vitest';
import { execFileSync } from 'node:child_process';
import { apiServices } from './apiregistration/api-service.ts';
import { certificateSigningRequests } from './certificates/certificate-signing-request.ts';
import { customResourceDefinitions } from './apiextensions/custom-resource-definition.ts';
import { flowSchemas } from './flowcontrol/flow-schema.ts';
import { mandatoryFlowSchemas, suggestedFlowSchemas } from './flowcontrol/bootstrap-flow-schemas.ts';
import { mandatoryPriorityLevels, suggestedPriorityLevels } from './flowcontrol/bootstrap-priority-levels.ts';
import { priorityLevelConfigurations } from './flowcontrol/priority-level-configuration.ts';
import { mutatingAdmissionPolicies } from './admissionregistration/mutating-admission-policy.ts';
import { validatingAdmissionPolicyBindings } from './admissionregistration/policy-binding.ts';
import { validatingAdmissionPolicies } from './admissionregistration/validating-admission-policy.ts';
import { validatingWebhookConfigurations } from './admissionregistration/webhook-configuration.ts';
import type { KubeObject } from '../apimachinery/index.ts';
import type { ResourceDefinition } from '../apiserver/index.ts';

const context = { user: { username: 'jane', groups: ['dev'] }, now: 0 };
const metadata = { name: 'a', creationTimestamp: '1970-01-01T00:00:00Z' };

function made<T extends KubeObject>({ group, version, kind, strategy }: ResourceDefinition<T>, body: object): T {
  // @NOTE a client may leave out any field; that is what is tested.
  const object = { apiVersion: `${group}/${version}`, kind, metadata, ...body } as unknown as T;
  const defaulted = strategy.defaults?.(object) ?? object;
  return strategy.prepareForCreate?.(defaulted, context) ?? defaulted;
}

function problems<T extends KubeObject>(definition: ResourceDefinition<T>, body: object): readonly string[] {
  const errors = definition.strategy.validate?.(made(definition, body)) ?? [];
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

function cells<T extends KubeObject>({ columns }: ResourceDefinition<T>, object: T) {
  return columns?.map((column) => column.value(object, 60_000));
}

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const webhook = {
  name: 'a.b.example.com',
  clientConfig: { url: 'https://a.example.com/check' },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  rules: [rule],
};

it('fills in what a webhook leaves out', () => {
  const object = made(validatingWebhookConfigurations, {
    webhooks: [{ ...webhook, clientConfig: { service: { namespace: 'x', name: 's' } } }],
  });
  expect(object.webhooks?.[0]).toMatchObject({
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    timeoutSeconds: 10,
    namespaceSelector: {},
    objectSelector: {},
    clientConfig: { service: { port: 443 } },
    rules: [{ scope: '*' }],
  });
  expect(cells(validatingWebhookConfigurations, object)).toEqual(['a', 1, '60s']);
});

it.each([
  [webhook, []],
  [
    { ...webhook, name: 'a', sideEffects: 'Some', timeoutSeconds: 31, admissionReviewVersions: ['v2'] },
    [
      'webhooks[0].admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1',
      'webhooks[0].name: Invalid value: "a": should be a domain with at least three segments separated by dots',
      'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"',
      'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds',
    ],
  ],
  [
    { ...webhook, clientConfig: { url: 'http://a.example.com?x=1' } },
    [
      `webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
      'webhooks[0].clientConfig.url: Invalid value: "x=1": query parameters are not permitted in the URL',
    ],
  ],
  [
    {
      ...webhook,
      clientConfig: {},
      rules: [{ ...rule, operations: ['*', 'CREATE'], resources: ['pods/*', 'pods/status'] }],
    },
    [
      `webhooks[0].rules[0].operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations`,
      `webhooks[0].rules[0].resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status`,
      'webhooks[0].clientConfig: Required value: exactly one of url or service is required',
    ],
  ],
])('judges a webhook', (one, expected) => {
  expect(problems(validatingWebhookConfigurations, { webhooks: [one] })).toEqual(expected);
});

const policy = { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }] };

it.each([
  [policy, []],
  [
    {},
    [
      'spec.matchConstraints: Required value',
      'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
      'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
    ],
  ],
  [
    { ...policy, variables: [{ name: 'in', expression: ' ' }], paramKind: { apiVersion: 'a/b/c', kind: 'X y' } },
    [
      'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      expect.stringMatching(
        /^spec.paramKind.kind: Invalid value: "X y": may have mixed case, but should otherwise match: /,
      ),
      'spec.variables[0].name: Invalid value: "in": name is not a valid CEL identifier',
      'spec.variables[0].expression: Required value: expression is not specified',
    ],
  ],
  [
    { ...policy, validations: [{ expression: 'true', message: 'a\nb', reason: 'Because' }] },
    [
      'spec.validations[0].message: Invalid value: "a\\nb": message must not contain line breaks',
      'spec.validations[0].reason: Unsupported value: "Because": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"',
    ],
  ],
])('judges a policy', (spec, expected) => {
  expect(problems(validatingAdmissionPolicies, { spec })).toEqual(expected);
});

it('wants mutations of a mutating policy', () => {
  const { validations: _validations, ...common } = policy;
  const spec = { ...common, reinvocationPolicy: 'Never', mutations: [{ patchType: 'JSONPatch' }] };
  expect(problems(mutatingAdmissionPolicies, { spec })).toEqual(['spec.mutations[0].jsonPatch: Required value']);
});

it('judges a binding', () => {
  expect(
    problems(validatingAdmissionPolicyBindings, {
      spec: { policyName: 'p', paramRef: { name: 'n', selector: {} }, validationActions: ['Deny', 'Warn'] },
    }),
  ).toEqual([
    'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
    'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
    'spec.paramRef.parameterNotFoundAction: Required value',
    'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
  ]);
});

function csr(): string {
  const pem = execFileSync(
    'openssl',
    ['req', '-new', '-newkey', 'ed25519', '-nodes', '-keyout', '/dev/null', '-subj', '/CN=jane'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  return pem.toString('base64');
}

it('knows who asks for a certificate, and who may decide and issue', () => {
  const spec = { request: csr(), signerName: 'example.com/mine', usages: ['client auth'], expirationSeconds: 3600 };
  expect(problems(certificateSigningRequests, { spec: { ...spec, username: 'root' } })).toEqual([]);
  const request = made(certificateSigningRequests, { spec: { ...spec, username: 'root' } });
  expect(request.spec).toMatchObject({ username: 'jane', groups: ['dev'] });
  expect(cells(certificateSigningRequests, request)).toEqual([
    'a',
    '60s',
    'example.com/mine',
    'jane',
    '60m',
    'Pending',
  ]);

  const approved = { ...request, status: { conditions: [{ type: 'Approved', status: 'True' }] } };
  const parts = new Map(certificateSigningRequests.subresources?.map((part) => [part.name, part]));
  const texts = (name: string, object: typeof approved, old: KubeObject) => {
    const part = parts.get(name);
    if (part?.type !== 'status' && part?.type !== 'update') return expect.unreachable();
    // @NOTE `old` is such a request, with or without a status.
    const prepared = part.prepareForUpdate?.(object, old as typeof approved, context) ?? object;
    return (part.validateUpdate?.(prepared, old as typeof approved) ?? []).map(({ message }) => message);
  };
  expect(texts('approval', approved, request)).toEqual([]);
  expect(texts('status', approved, request)).toEqual(['Forbidden: updates may not add a condition of type "Approved"']);
  const issued = { ...approved, status: { ...approved.status, certificate: 'eA==' } };
  expect(texts('approval', issued, approved)).toContain('Forbidden: updates may not set certificate content');
  expect(texts('status', issued, approved)).toContain(
    'Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block',
  );
});

it.each([
  [{ request: 'eA==' }, 'spec.request: Invalid value: "eA==": PEM block type must be CERTIFICATE REQUEST'],
  [
    { signerName: 'mine' },
    `spec.signerName: Invalid value: "mine": must be a fully qualified domain and path of the form 'example.com/signer-name'`,
  ],
  [
    { expirationSeconds: 599 },
    'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)',
  ],
  [{ usages: [] }, 'spec.usages: Required value'],
])('refuses a certificate request with %j', (more, expected) => {
  const spec = { request: csr(), signerName: 'example.com/mine', usages: ['client auth'], ...more };
  expect(problems(certificateSigningRequests, { spec })).toEqual([expected]);
});

it('notices a certificate request that somebody changed', () => {
  const text = Buffer.from(csr(), 'base64').toString();
  const [, body = ''] = /REQUEST-----\n([\s\S]*)-----END/.exec(text) ?? [];
  const der = Buffer.from(body, 'base64');
  der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
  const request = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  const spec = { request: Buffer.from(request).toString('base64'), signerName: 'a.b/c', usages: ['any'] };
  expect(problems(certificateSigningRequests, { spec })).toEqual([
    expect.stringMatching(/x509: verification failure$/),
  ]);
});

it('accepts the objects that every cluster has, and fixes the mandatory ones', () => {
  const valid = <T extends KubeObject>(definition: ResourceDefinition<T>, objects: readonly T[]) =>
    objects
      .map((object) => [object.metadata.name, problems(definition, object)])
      .filter(([, found]) => found?.length !== 0);
  expect(valid(flowSchemas, [...mandatoryFlowSchemas, ...suggestedFlowSchemas])).toEqual([]);
  expect(valid(priorityLevelConfigurations, [...mandatoryPriorityLevels, ...suggestedPriorityLevels])).toEqual([]);
  const [exempt] = mandatoryFlowSchemas;
  expect(problems(flowSchemas, { ...exempt, spec: { ...exempt?.spec, matchingPrecedence: 2 } })).toEqual([
    expect.stringMatching(/spec of 'exempt' must equal the fixed value$/),
  ]);
});

const crd = {
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

it('completes the names of a custom resource and remembers its stored version', () => {
  expect(problems(customResourceDefinitions, crd)).toEqual([]);
  expect(made(customResourceDefinitions, crd)).toMatchObject({
    spec: { names: { singular: 'widget', listKind: 'WidgetList' }, conversion: { strategy: 'None' } },
    status: { storedVersions: ['v1'] },
  });
});

it('keeps a custom resource definition until its objects are gone', () => {
  const { strategy } = customResourceDefinitions;
  const object = made(customResourceDefinitions, crd);
  expect(strategy.finalizers?.(object)).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
  const deleted = strategy.prepareForDelete?.(object, context) ?? object;
  expect(deleted.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
  expect(strategy.finalizers?.(deleted)).toEqual([]);
});

it.each([
  [
    { group: 'example.org' },
    'metadata.name: Invalid value: "widgets.example.com": must be spec.names.plural+"."+spec.group',
  ],
  [{ scope: 'Global' }, 'spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"'],
  [
    { versions: [{ name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: {} } }] },
    expect.stringMatching(/^spec.versions: .*must have exactly one version marked as storage version$/),
  ],
  [
    { versions: [{ name: 'v1', served: true, storage: true }] },
    'spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required',
  ],
  [
    { conversion: { strategy: 'None', webhook: { conversionReviewVersions: ['v1'] } } },
    'spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook',
  ],
])('refuses a custom resource definition with %j', (more, expected) => {
  expect(problems(customResourceDefinitions, { ...crd, spec: { ...crd.spec, ...more } })).toEqual([expected]);
});

it('keeps the versions that objects are stored in', () => {
  const old = made(customResourceDefinitions, crd);
  const [version] = old.spec.versions;
  if (version === undefined) return expect.unreachable();
  const next = { ...old, spec: { ...old.spec, versions: [{ ...version, name: 'v2' }] } };
  const prepared = customResourceDefinitions.strategy.prepareForUpdate?.(next, old, context) ?? next;
  expect(prepared.status?.storedVersions).toEqual(['v1', 'v2']);
  expect(customResourceDefinitions.strategy.validateUpdate?.(prepared, old)).toMatchObject([
    { field: 'status.storedVersions[0]' },
  ]);
});

it.each([
  [{ group: 'example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 10 }, []],
  [
    {
      group: 'example.com',
      version: 'v1',
      groupPriorityMinimum: 0,
      versionPriority: 1001,
      insecureSkipTLSVerify: true,
    },
    [
      'spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000',
      'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000',
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
  ],
])('judges an APIService %#', (spec, expected) => {
  const body = { metadata: { name: 'v1.example.com' }, spec };
  expect(problems(apiServices, body)).toEqual(expected);
  expect(cells(apiServices, made(apiServices, body))?.slice(1, 3)).toEqual(['Local', '<unknown>']);
});
