import { describe, expect, it } from 'vitest';
import type { Container, Pod, PodSpec, Volume } from '../generated/wire-types.ts';
import { pods } from './pod.ts';
import { podEphemeralContainers, podResize } from './pod-subresources.ts';

const { strategy } = pods;
const context = { user: { username: 'u', groups: [] }, now: 0 };
const container: Container = { name: 'web', image: 'nginx' };
const pod = (spec: Partial<PodSpec> = {}): Pod => {
  const object: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'x' },
    spec: { containers: [container], ...spec },
  };
  return strategy.defaults?.(object) ?? object;
};
const texts = (errors: readonly { field: string; message: string }[] = []) =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const problems = (spec: Partial<PodSpec>) => texts(strategy.validate?.(pod(spec)));
const withContainer = (more: Partial<Container>): Partial<PodSpec> => ({ containers: [{ ...container, ...more }] });
const withVolume = (source: Omit<Volume, 'name'>): Partial<PodSpec> => ({ volumes: [{ name: 'v', ...source }] });

it.each<[string, Partial<PodSpec>, readonly string[]]>([
  ['a secret', withVolume({ secret: {} }), ['spec.volumes[0].secret.secretName: Required value']],
  [
    'NFS',
    withVolume({ nfs: { server: 's', path: 'p' } }),
    ['spec.volumes[0].nfs.path: Invalid value: "p": must be an absolute path'],
  ],
  [
    'a file above',
    withVolume({ configMap: { name: 'c', items: [{ key: 'k', path: '../k' }] } }),
    [`spec.volumes[0].configMap.items[0].path: Invalid value: "../k": must not contain '..'`],
  ],
  [
    'a mode',
    withVolume({ secret: { secretName: 's', defaultMode: 0o1000 } }),
    [
      'spec.volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
    ],
  ],
  [
    'nothing projected',
    withVolume({ projected: { sources: [{}] } }),
    ['spec.volumes[0].projected.sources[0]: Required value: must specify one of the volume sources'],
  ],
  [
    'a token for a moment',
    withVolume({
      projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 5 } }] },
    }),
    [
      'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
    ],
  ],
  [
    'a fact of no pod',
    withVolume({ downwardAPI: { items: [{ path: 'f', fieldRef: { fieldPath: 'spec.mood' } }] } }),
    [
      'spec.volumes[0].downwardAPI.items[0].fieldRef.fieldPath: Invalid value: "spec.mood": error converting fieldPath: field label not supported: spec.mood',
    ],
  ],
  [
    'a claim that says too little',
    withVolume({ ephemeral: { volumeClaimTemplate: { spec: {} } } }),
    [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required',
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value',
    ],
  ],
  ['an absent driver', withVolume({ csi: { driver: '' } }), ['spec.volumes[0].csi.driver: Required value']],
])('volumes: %s', (_name, spec, expected) => {
  expect(problems(spec)).toEqual(expected);
});

const at = 'spec.containers[0]';

it.each<[string, Partial<PodSpec>, readonly string[]]>([
  [
    'env from nowhere',
    withContainer({ envFrom: [{}] }),
    [`${at}.envFrom[0]: Invalid value: "": must specify one of: \`configMapRef\` or \`secretRef\``],
  ],
  [
    'env of a key without a name',
    withContainer({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: '' } } }] }),
    [`${at}.env[0].valueFrom.secretKeyRef.key: Required value`],
  ],
  [
    'env of no variable',
    withContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } }] }),
    [expect.stringContaining(`${at}.env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase"`) as string],
  ],
  [
    'a hook of nothing',
    withContainer({ lifecycle: { preStop: {} } }),
    [`${at}.lifecycle.preStop: Required value: must specify a handler type`],
  ],
  [
    'a sleep too long',
    withContainer({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
    [
      `${at}.lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)`,
    ],
  ],
  [
    'a device of nothing',
    withContainer({ volumeDevices: [{ name: 'v', devicePath: '/dev/v' }] }),
    [`${at}.volumeDevices[0].name: Not found: "v"`],
  ],
  [
    'a resource of nobody',
    withContainer({ resources: { limits: { pods: '1', 'example.com/gpu': '500m' } } }),
    [
      `${at}.resources.limits[pods]: Invalid value: "pods": must be a standard resource for containers`,
      `${at}.resources.limits[example.com/gpu]: Invalid value: "500m": must be an integer`,
      `${at}.resources.requests[pods]: Invalid value: "pods": must be a standard resource for containers`,
      `${at}.resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer`,
    ],
  ],
  [
    'an unknown claim',
    withContainer({ resources: { claims: [{ name: 'gpu' }] } }),
    [`${at}.resources.claims[0].name: Not found: "gpu"`],
  ],
  [
    'power that cannot grow',
    withContainer({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
    [
      `${at}.securityContext: Invalid value: {"privileged":true,"allowPrivilegeEscalation":false}: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true`,
    ],
  ],
  [
    'a profile of nowhere',
    withContainer({ securityContext: { seccompProfile: { type: 'Localhost' } } }),
    [
      `${at}.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost`,
    ],
  ],
])('containers: %s', (_name, spec, expected) => {
  expect(problems(spec)).toEqual(expected);
});

it.each<[string, Partial<PodSpec>, readonly string[]]>([
  [
    'no term',
    { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
    [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
  ],
  [
    'no topology',
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: '' }] } } },
    [
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
      expect.stringContaining('topologyKey: Invalid value: "": name part must consist of alphanumeric characters'),
    ],
  ],
  [
    'no skew',
    { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] },
    ['spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero'],
  ],
  [
    'a gate twice',
    { schedulingGates: [{ name: 'a' }, { name: 'a' }] },
    ['spec.schedulingGates[1]: Duplicate value: "a"'],
  ],
  [
    'a claim of nothing',
    { resourceClaims: [{ name: 'gpu' }] },
    [
      'spec.resourceClaims[0]: Invalid value: {"name":"gpu"}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
    ],
  ],
  [
    'too many servers',
    { dnsConfig: { nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] } },
    [
      'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4"]: must not have more than 3 nameservers',
    ],
  ],
  [
    'an alias of nobody',
    { hostAliases: [{ ip: 'x' }] },
    ['spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    'a bad user',
    { securityContext: { runAsUser: -1 } },
    ['spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive'],
  ],
  [
    "the host's sysctls",
    { hostNetwork: true, securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }] } },
    [
      `spec.securityContext.sysctls[0].name: Invalid value: "net.core.somaxconn": may not be specified when 'hostNetwork' is true`,
    ],
  ],
  [
    'a spread that nothing follows from',
    { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: '' }] },
    [
      'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "": supported values: "DoNotSchedule", "ScheduleAnyway"',
    ],
  ],
  [
    'a header that is none',
    withContainer({ livenessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'X Y', value: '' }] } } }),
    [
      expect.stringMatching(
        /^spec\.containers\[0\]\.livenessProbe\.httpGet\.httpHeaders: Invalid value: "X Y": a valid HTTP header must consist/,
      ),
    ],
  ],
  [
    'an unknown system',
    { os: { name: 'plan9' } },
    ['spec.os.name: Unsupported value: "plan9": supported values: "linux", "windows"'],
  ],
])('pods: %s', (_name, spec, expected) => {
  expect(problems(spec)).toEqual(expected);
});

it('is warned of, not refused, what a pod may have and will hardly want', () => {
  const env = [
    { name: 'A', value: '1' },
    { name: 'A', value: '2' },
  ];
  const odd = { ...pod({ ...withContainer({ env }), terminationGracePeriodSeconds: -1 }), metadata: { name: 'a.b' } };
  expect(strategy.validate?.(odd)).toEqual([]);
  expect(strategy.warnings?.(odd)).toEqual([
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
  ]);
});

describe('an update', () => {
  const update = (next: Partial<PodSpec>, old: Partial<PodSpec> = {}) =>
    texts(strategy.validateUpdate?.(pod(next), pod(old)));

  it('names what may change', () => {
    expect(update({ hostPID: true })).toEqual([
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ]);
  });

  it('only brings a deadline nearer, and only takes gates away', () => {
    expect(update({ activeDeadlineSeconds: 9 }, { activeDeadlineSeconds: 5 })).toEqual([
      'spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value',
    ]);
    expect(update({}, { activeDeadlineSeconds: 5 })).toEqual([
      'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
    ]);
    expect(update({}, { schedulingGates: [{ name: 'a' }] })).toEqual([]);
    expect(update({ schedulingGates: [{ name: 'b' }] }, { schedulingGates: [{ name: 'a' }] })).toEqual([
      "spec.schedulingGates: Forbidden: only deletion is allowed, but found new scheduling gate 'b'",
    ]);
  });

  it('tells a pod that is held back more closely where to go', () => {
    const held = { schedulingGates: [{ name: 'a' }], nodeSelector: { disk: 'ssd' } };
    expect(update({ ...held, nodeSelector: { disk: 'ssd', zone: 'b' } }, held)).toEqual([]);
    expect(update({ ...held, nodeSelector: { disk: 'hdd' } }, held)).toHaveLength(1);
  });
});

describe('containers for debugging', () => {
  const debug = { name: 'debug', image: 'busybox', targetContainerName: 'web' };
  // @NOTE it is one of type `update`.
  const rules = podEphemeralContainers as Extract<typeof podEphemeralContainers, { type: 'update' }>;

  it('cannot be there from the start', () => {
    expect(() => strategy.prepareForCreate?.(pod({ ephemeralContainers: [debug] }), context)).toThrow(
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    );
  });

  it('are added, and nothing else of the pod changes', () => {
    const wanted = pod({ ephemeralContainers: [debug], hostPID: true });
    const next = rules.prepareForUpdate(wanted, pod(), context);
    expect(next.spec).toEqual({ ...pod().spec, ephemeralContainers: wanted.spec?.ephemeralContainers });
    expect(next.spec?.ephemeralContainers).toMatchObject([{ ...debug, imagePullPolicy: 'Always' }]);
    expect(strategy.validate?.(next)).toEqual([]);
  });

  it('stay as they are', () => {
    const old = pod({ ephemeralContainers: [debug] });
    expect(texts(rules.validateUpdate?.(pod(), old))).toEqual([
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be removed',
    ]);
    expect(texts(rules.validateUpdate?.(pod({ ephemeralContainers: [{ ...debug, image: 'x' }] }), old))).toEqual([
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be changed',
    ]);
  });

  it('open no ports and target one of the pod', () => {
    const bad = { name: 'web', image: '', targetContainerName: 'db', ports: [{ containerPort: 1 }] };
    expect(problems({ ephemeralContainers: [bad] })).toEqual([
      'spec.ephemeralContainers[0].name: Duplicate value: "web"',
      'spec.ephemeralContainers[0].image: Required value',
      'spec.ephemeralContainers[0].targetContainerName: Not found: "db"',
      'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
    ]);
  });
});

it('a resize changes CPU and memory within the quality of service', () => {
  // @NOTE it is one of type `update`.
  const rules = podResize as Extract<typeof podResize, { type: 'update' }>;
  const sized = (requests: Readonly<Record<string, string>>) => pod(withContainer({ resources: { requests } }));
  const old = sized({ cpu: '1' });
  const next = rules.prepareForUpdate({ ...sized({ cpu: '2' }) }, old, context);
  expect(next.spec?.containers[0]?.resources).toEqual({ requests: { cpu: '2' } });
  expect(rules.validateUpdate?.(next, old)).toEqual([]);
  expect(texts(rules.validateUpdate?.(rules.prepareForUpdate(pod(), old, context), old))).toEqual([
    'spec: Forbidden: Pod QOS Class may not change as a result of resizing',
  ]);
  expect(texts(rules.validateUpdate?.(sized({ cpu: '1', 'ephemeral-storage': '1Gi' }), old))).toEqual([
    'spec: Forbidden: only cpu and memory resources are mutable',
  ]);
});
