import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  apiVersionOf,
  createSchemaCheck,
  isObject,
  isStatusError,
  SchemaMismatch,
  type KubeObject,
  type Resource,
  type UnknownObject,
} from '../../src/apimachinery/index.ts';
import {
  certificateSigningRequests,
  clusterRoles,
  ingressClasses,
  ingresses,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  priorityClasses,
  resourceQuotas,
  runtimeClasses,
  services,
  storageClasses,
  typeTable,
  type PodSpec,
} from '../../src/apis/index.ts';
import { createLogger, mapConcurrent } from '../../src/component-base/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';
import { withoutEach } from './fuzz/incomplete-objects.ts';
import { programmingMistakes } from './fuzz/target.ts';

const errors: UnknownObject[] = [];

const member = await startTestMember({
  nodes: 1,
  log: createLogger({
    level: 'error',
    destination: {
      write: (line) => {
        const entry: unknown = JSON.parse(line);
        if (isObject(entry)) errors.push(entry);
      },
    },
  }),
  admissionPlugins: { enable: ['OwnerReferencesPermissionEnforcement'] },
});
afterAll(() => member[Symbol.asyncDispose]());
const { client } = member;

const NAMESPACE = 'strict';
const inNamespace = { namespace: NAMESPACE, name: 'a' };

/** All that plugins read is there, so that none has nothing to do. */
beforeAll(async () => {
  const modes = ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'baseline']);
  await client.create(namespaces, { metadata: { name: NAMESPACE, labels: Object.fromEntries(modes) as Labels } });
  await client.create(limitRanges, {
    metadata: inNamespace,
    spec: {
      limits: [
        { type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '1m' }, max: { cpu: '8' } },
        { type: 'Pod', max: { cpu: '8' }, maxLimitRequestRatio: { cpu: '2000' } },
        { type: 'PersistentVolumeClaim', min: { storage: '1' } },
      ],
    },
  });
  const hard = {
    pods: '9',
    'requests.cpu': '99',
    'limits.memory': '99Gi',
    'requests.storage': '99Gi',
    'a.storageclass.storage.k8s.io/requests.storage': '99Gi',
    'services.nodeports': '9',
    'services.loadbalancers': '9',
    'count/ingresses.networking.k8s.io': '9',
  };
  await client.create(resourceQuotas, { metadata: inNamespace, spec: { hard } });
  await client.create(resourceQuotas, {
    metadata: { ...inNamespace, name: 'b' },
    spec: { hard: { pods: '9' }, scopes: ['BestEffort', 'NotTerminating'] },
  });
  const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  await client.create(storageClasses, {
    metadata: { name: 'a', annotations: isDefault },
    provisioner: 'example.com/disks',
    allowVolumeExpansion: true,
  });
  await client.create(ingressClasses, {
    metadata: { name: 'a', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
    spec: { controller: 'example.com/c' },
  });
  await client.create(priorityClasses, { metadata: { name: 'a' }, value: 5, globalDefault: true });
  await client.create(runtimeClasses, {
    metadata: { name: 'a' },
    handler: 'a',
    overhead: { podFixed: { cpu: '10m' } },
    scheduling: { nodeSelector: { a: 'b' }, tolerations: [{ key: 'a' }] },
  });
});

type Labels = Record<string, string>;

const resources = { requests: { cpu: '100m', memory: '1Mi' }, limits: { cpu: '100m', memory: '1Mi' } };
const probe = { httpGet: { port: 80, host: 'a' } };
const podSpec: PodSpec = {
  runtimeClassName: 'a',
  priorityClassName: 'a',
  serviceAccountName: 'default',
  hostNetwork: false,
  nodeSelector: { a: 'b' },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  securityContext: {
    sysctls: [{ name: 'a', value: 'b' }],
    seLinuxOptions: { type: 'a' },
    seccompProfile: { type: 'Localhost' },
  },
  volumes: [
    { name: 'v', persistentVolumeClaim: { claimName: 'a' } },
    { name: 'w', hostPath: { path: '/' } },
  ],
  initContainers: [{ name: 'i', image: 'i', resources }],
  containers: [
    {
      name: 'c',
      image: 'i',
      resources,
      ports: [{ containerPort: 80, hostPort: 80 }],
      livenessProbe: probe,
      lifecycle: { preStop: probe },
      securityContext: { capabilities: { add: ['ALL'] }, windowsOptions: {}, appArmorProfile: { type: 'Unconfined' } },
      volumeMounts: [{ name: 'v', mountPath: '/v' }],
    },
  ],
};
const owners = [
  { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'u', blockOwnerDeletion: true, controller: true },
];
const backend = { service: { name: 'a', port: { number: 80 } } };

interface Sample {
  readonly resource: Resource & { readonly schema: string };
  readonly content: object;
  /** Where the content would be refused; nothing is stored where it is empty. */
  readonly stored?: object;
}

/** By kind, what its plugins look at. */
const samples: readonly Sample[] = [
  {
    resource: pods,
    content: { spec: podSpec },
    stored: { spec: { containers: [{ name: 'c', image: 'i', resources }] } },
  },
  {
    resource: services,
    content: { spec: { type: 'LoadBalancer', ports: [{ port: 80, nodePort: 30_080 }], selector: { a: 'b' } } },
  },
  {
    resource: persistentVolumeClaims,
    content: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  },
  {
    resource: persistentVolumes,
    content: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' } } },
  },
  {
    resource: ingresses,
    content: { spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] } },
  },
  { resource: nodes, content: { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } } },
  {
    resource: namespaces,
    content: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } },
    stored: { spec: {} },
  },
  { resource: priorityClasses, content: { value: 1, globalDefault: true }, stored: { value: 1 } },
  { resource: clusterRoles, content: { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] } },
  {
    resource: certificateSigningRequests,
    content: { spec: { request: 'AAAA', signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] } },
    stored: {},
  },
];

const check = createSchemaCheck(typeTable);

/** The object as a body is read; `undefined` where it is refused for its types. */
function decoded(value: unknown, schema: string): KubeObject | undefined {
  try {
    // @NOTE it was made of an object, and has its types.
    return { metadata: {}, ...(check({ ...(value as object) }, schema).value as object) } as KubeObject;
  } catch (err) {
    if (err instanceof SchemaMismatch) return undefined;
    throw err;
  }
}

function faultIn(err: unknown): string | undefined {
  if (isStatusError(err) && err.status.code < 500) return undefined;
  return err instanceof Error ? (err.stack ?? err.message) : String(err);
}

it.each(samples)('never stumbles over what $resource.plural lack', { timeout: 60_000 }, async (given) => {
  const { resource, content, stored = content } = given;
  const { kind, schema, namespaced } = resource;
  const place = namespaced ? inNamespace : { name: 'sample' };
  const sample = {
    apiVersion: apiVersionOf(resource),
    kind,
    metadata: { labels: { a: 'b' }, annotations: { a: 'b' } },
  };
  const { metadata: own = {}, ...rest }: { readonly metadata?: object } = content;
  const valid = { ...sample, metadata: { ...sample.metadata, ...own, ...place, ownerReferences: owners }, ...rest };
  if (Object.keys(stored).length > 0) await client.create(resource, { ...sample, metadata: place, ...stored });
  const objects = [...withoutEach(valid, new Set())]
    .map((value) => decoded(value, schema))
    .filter((object) => object !== undefined);
  const faults = new Set<string>();
  const attempts = objects.map((object, index) => {
    const wanted = { ...object, metadata: { ...object.metadata, ...place } };
    return index % 2 === 0
      ? () => client.create(resource, { ...wanted, metadata: { ...wanted.metadata, name: 'other' } }, { dryRun: true })
      : () => client.update(resource, wanted, { dryRun: true });
  });
  const outcomes = await mapConcurrent(attempts, 8, (attempt) => attempt(), AbortSignal.timeout(60_000));
  for (const outcome of outcomes) {
    const fault = outcome.status === 'rejected' ? faultIn(outcome.reason) : undefined;
    if (fault !== undefined) faults.add(fault);
  }
  expect(objects.length).toBeGreaterThan(20);
  expect(programmingMistakes(errors)).toEqual([]);
  expect([...faults].slice(0, 5)).toEqual([]);
});
