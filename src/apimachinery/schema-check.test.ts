import { expect, it } from 'vitest';
import { typeTable } from '../apis/index.ts';
import { createSchemaCheck } from './schema-check.ts';

const check = createSchemaCheck(typeTable);
const core = (kind: string) => `k8s.io/api/core/v1.${kind}`;

it('names unknown fields as Kubernetes does and leaves them out', () => {
  const pod = {
    metadata: { name: 'a', foo: 1, labels: { any: 'key' } },
    spec: { containers: [{ name: 'c', bar: true, image: 'i' }], nope: {} },
    extra: 1,
  };
  expect(check(pod, core('Pod'))).toEqual({
    value: { metadata: { name: 'a', labels: { any: 'key' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    unknownFields: ['metadata.foo', 'spec.containers[0].bar', 'spec.nope', 'extra'],
  });
});

it('knows the fields of inline structs, and nothing of their Go names', () => {
  const pod = {
    spec: {
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'w', volumeSource: {} },
      ],
    },
  };
  expect(check(pod, core('Pod')).unknownFields).toEqual(['spec.volumes[1].volumeSource']);
});

it('gives back the same object when there is nothing to change', () => {
  const service = { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80, targetPort: 'http' }] } };
  expect(check(service, core('Service')).value).toBe(service);
});

it('takes null for nothing', () => {
  const service = { metadata: { creationTimestamp: null }, spec: { ports: null } };
  expect(check(service, core('Service')).value).toEqual({ metadata: {}, spec: {} });
  expect(check({ data: { key: null } }, core('ConfigMap')).value).toEqual({ data: { key: '' } });
});

it('writes quantities and times in their canonical form', () => {
  const pod = {
    metadata: { creationTimestamp: '2024-01-01T02:00:00.5+01:00' },
    spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1000m', memory: 1024 } } }] },
  };
  expect(check(pod, core('Pod')).value).toEqual({
    metadata: { creationTimestamp: '2024-01-01T01:00:00Z' },
    spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1', memory: '1024' } } }] },
  });
});

it('leaves alone what the schema says nothing of', () => {
  const revision = { data: { any: { thing: null } }, revision: 1 };
  expect(check(revision, 'k8s.io/api/apps/v1.ControllerRevision')).toEqual({ value: revision, unknownFields: [] });
  const schema = { items: [{ type: 'string' }], additionalProperties: true, $ref: '#/x' };
  const name = 'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaProps';
  expect(check(schema, name)).toEqual({ value: schema, unknownFields: [] });
});

it('gives fields that are never absent the zeros that Go gives them, and leaves out those that Go leaves out', () => {
  const pod = {
    metadata: { annotations: {}, finalizers: [], labels: { a: '' } },
    spec: {
      containers: [
        { image: '', ports: [{ hostPort: 0 }], env: [{ value: '', valueFrom: { resourceFieldRef: {} } }] },
        null,
      ],
      volumes: [{ name: 'v', emptyDir: { medium: '' } }],
      hostNetwork: false,
      terminationGracePeriodSeconds: 0,
    },
  };
  expect(check(pod, core('Pod')).value).toEqual({
    metadata: { labels: { a: '' } },
    spec: {
      containers: [
        {
          name: '',
          ports: [{ containerPort: 0 }],
          env: [{ name: '', valueFrom: { resourceFieldRef: { resource: '', divisor: '0' } } }],
        },
        { name: '' },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
      terminationGracePeriodSeconds: 0,
    },
  });
  const binding = check({}, 'k8s.io/api/rbac/v1.RoleBinding').value;
  expect(binding).toEqual({ roleRef: { kind: '', name: '' } });
});

it('completes schemas within schemas, of which nothing unknown is told', () => {
  const rules = [{ message: 'm', unknown: 1 }];
  const schema = {
    items: { 'x-kubernetes-validations': rules, required: [] },
    additionalProperties: { 'x-kubernetes-validations': rules },
  };
  const name = 'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaProps';
  const completed = { 'x-kubernetes-validations': [{ message: 'm', rule: '' }] };
  expect(check(schema, name)).toEqual({
    value: { items: completed, additionalProperties: completed },
    unknownFields: [],
  });
});

const STRUCT_FIELD = 'json: cannot unmarshal';

it.each([
  ['ConfigMap', { data: { a: 1 } }, `${STRUCT_FIELD} number into Go struct field ConfigMap.data of type string`],
  ['ConfigMap', { data: [] }, `${STRUCT_FIELD} array into Go struct field ConfigMap.data of type map[string]string`],
  [
    'ConfigMap',
    { metadata: { name: 1 } },
    `${STRUCT_FIELD} number into Go struct field ObjectMeta.metadata.name of type string`,
  ],
  ['Pod', { spec: 'x' }, `${STRUCT_FIELD} string into Go struct field Pod.spec of type v1.PodSpec`],
  [
    'Pod',
    { spec: { containers: {} } },
    `${STRUCT_FIELD} object into Go struct field PodSpec.spec.containers of type []v1.Container`,
  ],
  [
    'Pod',
    { spec: { containers: [{ env: [{ value: true }] }] } },
    `${STRUCT_FIELD} bool into Go struct field EnvVar.spec.containers.env.value of type string`,
  ],
  [
    'Service',
    { spec: { ports: [{ port: 1.5 }] } },
    `${STRUCT_FIELD} number 1.5 into Go struct field ServicePort.spec.ports.port of type int32`,
  ],
  [
    'Service',
    { spec: { ports: [{ port: '80' }] } },
    `${STRUCT_FIELD} string into Go struct field ServicePort.spec.ports.port of type int32`,
  ],
  ['Service', { spec: { ports: [{ targetPort: true }] } }, `${STRUCT_FIELD} bool into Go value of type int32`],
  ['Pod', { metadata: { creationTimestamp: 1 } }, `${STRUCT_FIELD} number into Go value of type string`],
  [
    'Pod',
    { metadata: { creationTimestamp: 'now' } },
    'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
  ],
  ['Pod', { spec: { overhead: { cpu: 'much' } } }, 'quantities must match the regular expression'],
  ['Secret', { data: { a: 'no base64' } }, 'illegal base64 data at input byte 2'],
])('says what Go says of a wrong value in a %s: %j', (kind, object, message) => {
  expect(() => check(object, core(kind))).toThrow(message);
});
