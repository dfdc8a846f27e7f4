import { apiVersionOf, isObject, type JsonObject, type KubeObject } from '../../../src/apimachinery/index.ts';
import type { ResourceDefinition } from '../../../src/apiserver/index.ts';

const labels = { app: 'a' };
const container = {
  name: 'c',
  image: 'i',
  ports: [{ containerPort: 80, name: 'web' }],
  env: [{ name: 'E', value: 'v' }],
};
const podSpec = {
  containers: [{ ...container, resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
  volumes: [{ name: 'v', configMap: { name: 'a' } }],
  tolerations: [{ key: 'k', operator: 'Exists' }],
};
const template = { metadata: { labels }, spec: podSpec };
const selector = { matchLabels: labels };
const devices = { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] };
const role = { rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] }] };
const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'u' }];
const oldSubjects = [{ kind: 'User', apiVersion: 'rbac.authorization.k8s.io/v1alpha1', name: 'u' }];
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' };
const hook = {
  name: 'a.example.com',
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  clientConfig: { service: { namespace: 'fuzz', name: 'a' } },
  rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
};
const matchConstraints = {
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
};
const request = `-----BEGIN CERTIFICATE REQUEST-----
MIHJMHECAQAwDzENMAsGA1UEAwwEZnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABDViDgTkMXc+AfN8DtBjfrRRW8KxaIAg758YKWwT9OfoReGWuVoB1fyE0r38
8OuGT50LPXWmfHBOuRTnozALLlKgADAKBggqhkjOPQQDAgNIADBFAiEAuc4C3Zky
pUzvDRerR9+iMR6ahvHGxFhBi+0y2GE4GeICIEBfS/3XloayxteR2RkJzLd3rYny
D+4/JP/7JubI9KqA
-----END CERTIFICATE REQUEST-----
`;
const paths = (backend: JsonObject) => ({
  spec: { rules: [{ host: 'a.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
});

/** By group and plural, or by group, version and plural; without what all objects have. */
const validObjects: Readonly<Record<string, JsonObject>> = {
  '/namespaces': {},
  '/nodes': { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } },
  '/pods': { spec: podSpec },
  '/services': { spec: { selector: labels, ports: [{ port: 80, name: 'web', targetPort: 'web' }] } },
  '/endpoints': { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] },
  '/configmaps': { data: { a: 'b' }, binaryData: { c: 'AAEC' } },
  '/secrets': { type: 'Opaque', data: { a: 'AAEC' } },
  '/serviceaccounts': { secrets: [{ name: 'a' }] },
  '/events': { involvedObject: { kind: 'Pod', namespace: 'fuzz', name: 'a' }, reason: 'R', type: 'Normal', count: 1 },
  '/replicationcontrollers': { spec: { replicas: 1, selector: labels, template } },
  '/podtemplates': { template },
  '/persistentvolumes': {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } },
  },
  '/persistentvolumeclaims': {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  '/limitranges': { spec: { limits: [{ type: 'Container', max: { cpu: '2' }, default: { cpu: '1' } }] } },
  '/resourcequotas': { spec: { hard: { 'count/widgets.example.com': '4' } } },
  'apps/deployments': {
    spec: { replicas: 2, selector, template, strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } } },
  },
  'apps/replicasets': { spec: { replicas: 1, selector, template } },
  'apps/daemonsets': { spec: { selector, template } },
  'apps/statefulsets': { spec: { replicas: 1, serviceName: 'a', selector, template } },
  'apps/controllerrevisions': { revision: 3, data: { spec: {} } },
  'batch/jobs': { spec: { completions: 1, template: { spec: { ...podSpec, restartPolicy: 'Never' } } } },
  'batch/cronjobs': {
    spec: {
      schedule: '*/5 * * * *',
      jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'OnFailure' } } } },
    },
  },
  'autoscaling/v1/horizontalpodautoscalers': {
    metadata: {
      annotations: {
        'autoscaling.alpha.kubernetes.io/metrics':
          '[{"type":"Pods","pods":{"metricName":"m","targetAverageValue":"1"}}]',
        'autoscaling.alpha.kubernetes.io/behavior': '{"ScaleDown":{"StabilizationWindowSeconds":5}}',
      },
    },
    spec: { scaleTargetRef, maxReplicas: 3 },
  },
  'autoscaling/horizontalpodautoscalers': { spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 3 } },
  'networking.k8s.io/ingresses': paths({ service: { name: 'a', port: { number: 80 } } }),
  'networking.k8s.io/v1beta1/ingresses': paths({ serviceName: 'a', servicePort: 80 }),
  'extensions/v1beta1/ingresses': paths({ serviceName: 'a', servicePort: 80 }),
  'networking.k8s.io/ingressclasses': { spec: { controller: 'example.com/c' } },
  'networking.k8s.io/networkpolicies': {
    spec: { podSelector: selector, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 80 }] }] },
  },
  'networking.k8s.io/ipaddresses': {
    metadata: { name: '10.96.0.77' },
    spec: { parentRef: { resource: 'services', namespace: 'fuzz', name: 'a' } },
  },
  'networking.k8s.io/servicecidrs': { spec: { cidrs: ['10.200.0.0/24'] } },
  'policy/poddisruptionbudgets': { spec: { minAvailable: '50%', selector } },
  'discovery.k8s.io/endpointslices': {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
    ports: [{ name: 'web', port: 80, protocol: 'TCP' }],
  },
  'events.k8s.io/events': {
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.com/c',
    reportingInstance: 'c-0',
    action: 'Did',
    reason: 'R',
    type: 'Normal',
    regarding: { kind: 'Pod', namespace: 'fuzz', name: 'a' },
  },
  'coordination.k8s.io/leases': { spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } },
  'rbac.authorization.k8s.io/roles': role,
  'rbac.authorization.k8s.io/clusterroles': role,
  'rbac.authorization.k8s.io/rolebindings': { subjects, roleRef },
  'rbac.authorization.k8s.io/clusterrolebindings': { subjects, roleRef },
  'rbac.authorization.k8s.io/v1alpha1/rolebindings': { subjects: oldSubjects, roleRef },
  'rbac.authorization.k8s.io/v1alpha1/clusterrolebindings': { subjects: oldSubjects, roleRef },
  'storage.k8s.io/storageclasses': { provisioner: 'example.com/disk' },
  'storage.k8s.io/volumeattachments': {
    spec: { attacher: 'disk.example.com', nodeName: 'n1', source: { persistentVolumeName: 'pv' } },
  },
  'storage.k8s.io/volumeattributesclasses': { driverName: 'disk.example.com', parameters: { iops: '3' } },
  'storage.k8s.io/csidrivers': { spec: {} },
  'storage.k8s.io/csinodes': { spec: { drivers: [{ name: 'disk.example.com', nodeID: 'n1' }] } },
  'storage.k8s.io/csistoragecapacities': { storageClassName: 'fast', capacity: '1Ti' },
  'scheduling.k8s.io/priorityclasses': { value: 5 },
  'node.k8s.io/runtimeclasses': { handler: 'runc' },
  'resource.k8s.io/deviceclasses': { spec: { selectors: [{ cel: { expression: 'true' } }] } },
  'resource.k8s.io/resourceclaims': { spec: { devices } },
  'resource.k8s.io/resourceclaimtemplates': { spec: { spec: { devices } } },
  'resource.k8s.io/resourceslices': {
    spec: { driver: 'gpu.example.com', nodeName: 'n1', pool: { name: 'p', generation: 1, resourceSliceCount: 1 } },
  },
  'apiregistration.k8s.io/apiservices': {
    metadata: { name: 'v1.fuzz.example.com' },
    spec: {
      group: 'fuzz.example.com',
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { namespace: 'fuzz', name: 'a' },
    },
  },
  'certificates.k8s.io/certificatesigningrequests': {
    spec: {
      request: Buffer.from(request).toString('base64'),
      signerName: 'example.com/signer',
      usages: ['client auth'],
    },
  },
  'admissionregistration.k8s.io/validatingwebhookconfigurations': { webhooks: [hook] },
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': { webhooks: [hook] },
  'admissionregistration.k8s.io/validatingadmissionpolicies': {
    spec: { matchConstraints, validations: [{ expression: "object.metadata.name != 'x'", message: 'no' }] },
  },
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': {
    spec: { policyName: 'a', validationActions: ['Deny'] },
  },
  'admissionregistration.k8s.io/mutatingadmissionpolicies': {
    spec: {
      matchConstraints,
      reinvocationPolicy: 'Never',
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: 'Object{metadata: Object.metadata{labels: {"a": "b"}}}' },
        },
      ],
    },
  },
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': { spec: { policyName: 'a' } },
  'apiextensions.k8s.io/customresourcedefinitions': {
    metadata: { name: 'gadgets.fuzz.example.com' },
    spec: {
      group: 'fuzz.example.com',
      scope: 'Namespaced',
      names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  properties: { size: { type: 'integer', minimum: 1, default: 2 }, name: { type: 'string' } },
                  'x-kubernetes-validations': [{ rule: 'self.size < 100', message: 'too large' }],
                },
              },
            },
          },
        },
      ],
    },
  },
  'stable.example.com/crontabs': { spec: { cronSpec: '* * * * */5', image: 'img', replicas: 3 } },
  'flowcontrol.apiserver.k8s.io/flowschemas': {
    spec: {
      priorityLevelConfiguration: { name: 'global-default' },
      matchingPrecedence: 9000,
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: 'nobody' } }],
          nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }],
        },
      ],
    },
  },
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': {
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } },
  },
};

/** What groups and kinds are called in versions of long ago. */
const NOW_CALLED: Readonly<Record<string, string>> = {
  'extensions/deployments': 'apps/deployments',
  'extensions/replicasets': 'apps/replicasets',
  'extensions/daemonsets': 'apps/daemonsets',
  'extensions/jobs': 'batch/jobs',
  'extensions/networkpolicies': 'networking.k8s.io/networkpolicies',
  'extensions/horizontalpodautoscalers': 'autoscaling/horizontalpodautoscalers',
  'apps/petsets': 'apps/statefulsets',
  'batch/scheduledjobs': 'batch/cronjobs',
};

export const NAMESPACE = 'fuzz';

/** An object of the kind that the API server takes, with a name that all requests know. */
export function validObjectOf(definition: ResourceDefinition): KubeObject | undefined {
  const { group, version, plural, kind, namespaced } = definition;
  const name = `${group}/${plural}`;
  const content = validObjects[`${group}/${version}/${plural}`] ?? validObjects[NOW_CALLED[name] ?? name];
  if (content === undefined) return undefined;
  const { metadata, ...rest } = content;
  const own = isObject(metadata) ? metadata : {};
  const place = namespaced ? { namespace: NAMESPACE } : {};
  const fuzzed = { name: 'a', ...place, labels: { fuzz: 'yes' }, ...own };
  return { apiVersion: apiVersionOf(definition), kind, metadata: fuzzed, ...rest };
}
