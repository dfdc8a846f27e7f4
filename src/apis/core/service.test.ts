import { describe, expect, it } from 'vitest';
import type { Service, ServiceSpec } from '../generated/wire-types.ts';
import { services } from './service.ts';

const { strategy } = services;
const context = { user: { username: 'u', groups: [] }, now: 0 };

const service = (spec: ServiceSpec, status: Service['status'] = { loadBalancer: {} }): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'x' },
  spec,
  status,
});
const defaulted = (spec: ServiceSpec) => strategy.defaults?.(service(spec)).spec ?? {};
const changed = (next: ServiceSpec, old: ServiceSpec) =>
  strategy.prepareForUpdate?.(service(defaulted(next)), service(defaulted(old)), context) ?? service({});
const problems = (spec: ServiceSpec) =>
  (strategy.validate?.(service(defaulted(spec))) ?? []).map(({ field, message }) => `${field}: ${message}`);

const http = { port: 80 };

describe('defaults', () => {
  it('fills in what a plain Service leaves out', () => {
    expect(defaulted({ ports: [http, { port: 53, targetPort: 'dns', protocol: 'UDP', name: 'd' }] })).toEqual({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ports: [
        { port: 80, targetPort: 80, protocol: 'TCP' },
        { port: 53, targetPort: 'dns', protocol: 'UDP', name: 'd' },
      ],
    });
  });

  it('tells of an address in both ways', () => {
    expect(defaulted({ clusterIP: '127.1.96.2', ports: [http] }).clusterIPs).toEqual(['127.1.96.2']);
    expect(defaulted({ clusterIP: 'None', ports: [http] }).clusterIPs).toEqual(['None']);
    expect(defaulted({ ports: [http] })).not.toHaveProperty('clusterIPs');
  });

  it('gives a load balancer node ports and an external policy', () => {
    expect(defaulted({ type: 'LoadBalancer', ports: [http] })).toMatchObject({
      allocateLoadBalancerNodePorts: true,
      externalTrafficPolicy: 'Cluster',
    });
  });

  it('gives client affinity a timeout, and takes a useless one away', () => {
    expect(defaulted({ sessionAffinity: 'ClientIP' }).sessionAffinityConfig).toEqual({
      clientIP: { timeoutSeconds: 10_800 },
    });
    expect(defaulted({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } } })).not.toHaveProperty(
      'sessionAffinityConfig',
    );
  });

  it('leaves an alias without traffic policies', () => {
    expect(defaulted({ type: 'ExternalName', externalName: 'a.b' })).toEqual({
      type: 'ExternalName',
      externalName: 'a.b',
      sessionAffinity: 'None',
    });
  });
});

it.each<[ServiceSpec, readonly string[]]>([
  [{ ports: [http] }, []],
  [{}, ['spec.ports: Required value']],
  [{ clusterIP: 'None' }, []],
  [
    { clusterIP: 'None', type: 'NodePort', ports: [http] },
    ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
  ],
  [
    { clusterIP: 'x', ports: [http] },
    ['spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ],
  [
    { ports: [{ port: 0, targetPort: 80 }] },
    ['spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
  ],
  [
    { ports: [{ port: 80, targetPort: 70_000 }] },
    ['spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
  ],
  [
    { ports: [{ port: 80, protocol: 'ICMP' }] },
    ['spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
  ],
  [{ ports: [http, { port: 81, name: 'b' }] }, ['spec.ports[0].name: Required value']],
  [
    {
      ports: [
        { port: 80, name: 'a' },
        { port: 81, name: 'a' },
      ],
    },
    ['spec.ports[1].name: Duplicate value: "a"'],
  ],
  [
    {
      ports: [
        { port: 80, name: 'a' },
        { port: 80, name: 'b' },
      ],
    },
    [
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
  ],
  [
    { ports: [{ port: 80, nodePort: 30_080 }] },
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
  [
    { type: 'Other', ports: [http] },
    [
      'spec.type: Unsupported value: "Other": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
  ],
  [{ type: 'ExternalName' }, ['spec.externalName: Required value']],
  [
    { type: 'ExternalName', externalName: 'a.b', clusterIP: '1.1.1.1' },
    ['spec.clusterIPs: Forbidden: may not be set for ExternalName services'],
  ],
  [
    { ports: [http], externalTrafficPolicy: 'Local' },
    ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
  ],
  [
    { ports: [http], sessionAffinity: 'Some' },
    ['spec.sessionAffinity: Unsupported value: "Some": supported values: "ClientIP", "None"'],
  ],
  [
    { ports: [http], selector: { a: '-' } },
    [expect.stringMatching(/^spec.selector: Invalid value: "-": a valid label must/)],
  ],
  [
    { ports: [http], loadBalancerSourceRanges: ['10.0.0.0/8'] },
    ["spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'"],
  ],
  [
    { type: 'LoadBalancer', ports: [http], loadBalancerSourceRanges: ['10'] },
    [
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
])('validates %j', (spec, expected) => {
  expect(problems(spec)).toEqual(expected);
});

describe('a change', () => {
  const old = { type: 'NodePort', clusterIP: '127.1.96.2', ports: [{ port: 80, nodePort: 30_080 }] };

  it('keeps what was allocated', () => {
    expect(changed({ type: 'NodePort', ports: [http] }, old).spec).toMatchObject({
      clusterIP: '127.1.96.2',
      clusterIPs: ['127.1.96.2'],
      ports: [{ port: 80, nodePort: 30_080 }],
    });
    const families = { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
    expect(changed({ type: 'NodePort', ports: [http] }, { ...old, ...families }).spec).toMatchObject(families);
  });

  it('drops what only the old type had', () => {
    const { spec } = changed({ ...old, type: 'ClusterIP', externalTrafficPolicy: 'Cluster' }, old);
    expect(spec).toMatchObject({ type: 'ClusterIP', clusterIP: '127.1.96.2' });
    expect(spec?.ports).toEqual([{ port: 80, targetPort: 80, protocol: 'TCP' }]);
    expect(spec).not.toHaveProperty('externalTrafficPolicy');
  });

  it('becomes an alias without an address', () => {
    const next = changed({ ...old, type: 'ExternalName', externalName: 'a.b', ports: [] }, old);
    expect(next.spec).toEqual({ type: 'ExternalName', externalName: 'a.b', sessionAffinity: 'None', ports: [] });
    expect(strategy.validate?.(next)).toEqual([]);
  });

  it('does not touch the address, nor the status', () => {
    const next = service(defaulted({ ...old, clusterIP: '127.1.96.3' }), {
      loadBalancer: { ingress: [{ ip: '1.1.1.1' }] },
    });
    expect(strategy.validateUpdate?.(next, service(defaulted(old)))).toMatchObject([
      { field: 'spec.clusterIPs[0]', message: 'Invalid value: ["127.1.96.3"]: may not change once set' },
    ]);
    expect(strategy.prepareForUpdate?.(next, service(old), context).status).toEqual({ loadBalancer: {} });
  });
});

it.each<[ServiceSpec, Service['status'], readonly unknown[]]>([
  [
    { type: 'ClusterIP', clusterIP: 'None' },
    {},
    ['web', 'ClusterIP', 'None', '<none>', '<none>', '<unknown>', '<none>'],
  ],
  [
    {
      type: 'LoadBalancer',
      clusterIP: '127.1.96.2',
      ports: [
        { port: 80, nodePort: 30_080 },
        { port: 53, protocol: 'UDP' },
      ],
      selector: { b: '2', a: '1' },
    },
    {},
    ['web', 'LoadBalancer', '127.1.96.2', '<pending>', '80:30080/TCP,53/UDP', '<unknown>', 'a=1,b=2'],
  ],
  [
    { type: 'LoadBalancer', externalIPs: ['9.9.9.9'] },
    { loadBalancer: { ingress: [{ ip: '2.2.2.2' }, { hostname: 'lb' }, { ip: '1.1.1.1' }] } },
    ['web', 'LoadBalancer', '<none>', '1.1.1.1,2.2.2.2,lb,9.9.9.9', '<none>', '<unknown>', '<none>'],
  ],
  [
    { type: 'ExternalName', externalName: 'a.b' },
    {},
    ['web', 'ExternalName', '<none>', 'a.b', '<none>', '<unknown>', '<none>'],
  ],
])('shows %j %j', (spec, status, cells) => {
  expect(services.columns?.map((column) => column.value(service(spec, status), 0))).toEqual(cells);
});

const annotated = (annotations: Readonly<Record<string, string>>, spec: ServiceSpec): Service => {
  const { metadata, ...rest } = service(defaulted(spec));
  return { ...rest, metadata: { ...metadata, annotations } };
};
const texts = (errors: readonly { field: string; message: string }[] | undefined = []) =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const balanced = { type: 'LoadBalancer', ports: [http] };
const alias = { type: 'ExternalName', externalName: 'a.b' };
const two = ['10.0.0.1', 'fd00::1'] as const;

it.each<[ServiceSpec, readonly string[]]>([
  [{ ports: [http], clusterIP: two[0], clusterIPs: two, ipFamilies: ['IPv4', 'IPv6'] }, []],
  [
    { ports: [http], clusterIP: two[0], clusterIPs: ['10.0.0.2'] },
    ['spec.clusterIPs: Invalid value: ["10.0.0.2"]: first value must match `clusterIP`'],
  ],
  [
    { ports: [http], clusterIPs: ['10.0.0.2'] },
    ['spec.clusterIPs: Invalid value: ["10.0.0.2"]: must be empty when `clusterIP` is not specified'],
  ],
  [
    { ports: [http], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', '10.0.0.2'] },
    ['spec.clusterIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family'],
  ],
  [
    { ports: [http], clusterIP: two[0], ipFamilies: ['IPv6'] },
    ['spec.clusterIPs[0]: Invalid value: "10.0.0.1": expected an IPv6 value as indicated by `ipFamilies[0]`'],
  ],
  [
    { ports: [http], ipFamilies: ['IPv4', 'IPv4', 'X'] },
    [
      'spec.ipFamilies[1]: Duplicate value: "IPv4"',
      'spec.ipFamilies[2]: Unsupported value: "X": supported values: "IPv4", "IPv6"',
    ],
  ],
  [
    { ...alias, ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
    [
      'spec.ipFamilies: Forbidden: may not be set for ExternalName services',
      'spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services',
    ],
  ],
  [{ ...alias, externalName: '.' }, ['spec.externalName: Required value']],
  [{ ...alias, ports: [{ port: 80, nodePort: 30_080 }] }, []],
  [
    {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 30_080 },
        { name: 'b', port: 81, nodePort: 30_080 },
      ],
    },
    ['spec.ports[1].nodePort: Duplicate value: 30080'],
  ],
  [{ ports: [http], trafficDistribution: 'PreferSameNode' }, []],
  [
    { ports: [http], trafficDistribution: 'Near' },
    [
      'spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
    ],
  ],
  [
    { ...balanced, loadBalancerClass: '-' },
    [expect.stringMatching(/^spec.loadBalancerClass: Invalid value: "-": name part must consist of/)],
  ],
  [
    { ...balanced, externalTrafficPolicy: 'Local', healthCheckNodePort: 70_000 },
    ['spec.healthCheckNodePort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
  ],
])('tells of %j', (spec, expected) => {
  expect(problems(spec)).toEqual(expected);
});

it('reads the annotations that say what fields say', () => {
  const ranges = 'service.beta.kubernetes.io/load-balancer-source-ranges';
  const validate = (object: Service) => texts(strategy.validate?.(object));
  expect(validate(annotated({ [ranges]: ' 10.0.0.0/8, 11.0.0.0/8' }, balanced))).toEqual([]);
  expect(validate(annotated({ [ranges]: '10' }, { ports: [http] }))).toEqual([
    `metadata.annotations[${ranges}]: Forbidden: may only be used when \`type\` is 'LoadBalancer'`,
    `metadata.annotations[${ranges}]: Invalid value: "10": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
  ]);
  const [mode, hints] = ['service.kubernetes.io/topology-mode', 'service.kubernetes.io/topology-aware-hints'];
  expect(validate(annotated({ [mode]: 'Auto', [hints]: 'Disabled' }, { ports: [http] }))).toEqual([
    `metadata.annotations[${mode}]: Invalid value: "Auto": must match annotations[${hints}] when both are specified`,
  ]);
});

it.each<[string, ServiceSpec, ServiceSpec, readonly string[]]>([
  ['may get a second address', { clusterIP: two[0], clusterIPs: two }, { clusterIP: two[0] }, []],
  [
    'says so when it gives the second one back',
    { clusterIP: two[0], ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' },
    { clusterIP: two[0], clusterIPs: two, ipFamilies: ['IPv4', 'IPv6'] },
    [
      `spec.ipFamilyPolicy: Invalid value: "PreferDualStack": must be set to 'SingleStack' when releasing the secondary clusterIP`,
      `spec.ipFamilyPolicy: Invalid value: "PreferDualStack": must be set to 'SingleStack' when releasing the secondary ipFamily`,
    ],
  ],
  [
    'keeps its family',
    { clusterIP: two[0], ipFamilies: ['IPv6'] },
    { clusterIP: two[0], ipFamilies: ['IPv4'] },
    ['spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set'],
  ],
  [
    'keeps the port of its health checks',
    { ...balanced, externalTrafficPolicy: 'Local', healthCheckNodePort: 30_001 },
    { ...balanced, externalTrafficPolicy: 'Local', healthCheckNodePort: 30_000 },
    ['spec.healthCheckNodePort: Forbidden: field is immutable'],
  ],
])('%s', (_name, next, old, expected) => {
  expect(texts(strategy.validateUpdate?.(service(defaulted(next)), service(defaulted(old))))).toEqual(expected);
});

describe('the status', () => {
  const [subresource] = services.subresources ?? [];
  const validate = (spec: ServiceSpec, ingress: readonly object[]) => {
    const sent = service(defaulted(spec), { loadBalancer: { ingress } });
    if (subresource?.type !== 'status') throw new TypeError('a Service has a status');
    return texts(subresource.validateUpdate?.(sent, service(defaulted(spec))));
  };

  it.each<[readonly object[], readonly string[]]>([
    [[{ ip: '1.1.1.1', ipMode: 'Proxy' }, { hostname: 'lb.example' }], []],
    [
      [{ ip: 'x', ipMode: 'VIP' }],
      [
        'status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      [{ ip: '1.1.1.1' }],
      ['status.loadBalancer.ingress[0].ipMode: Required value: must be specified when `ip` is set'],
    ],
    [
      [{ ip: '1.1.1.1', ipMode: 'Air' }],
      ['status.loadBalancer.ingress[0].ipMode: Unsupported value: "Air": supported values: "Proxy", "VIP"'],
    ],
    [
      [{ hostname: '1.1.1.1', ipMode: 'VIP' }],
      [
        'status.loadBalancer.ingress[0].ipMode: Forbidden: may not be specified when `ip` is not set',
        'status.loadBalancer.ingress[0].hostname: Invalid value: "1.1.1.1": must be a DNS name, not an IP address',
      ],
    ],
  ])('of %j', (ingress, expected) => {
    expect(validate(balanced, ingress)).toEqual(expected);
  });

  it('has addresses only where something is balanced', () => {
    expect(validate({ ports: [http] }, [{ hostname: 'a' }])).toEqual([
      "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
    ]);
    const old = service(defaulted(balanced), { loadBalancer: { ingress: [{ ip: '1.1.1.1', ipMode: 'VIP' }] } });
    const status = (spec: ServiceSpec) => strategy.prepareForUpdate?.(service(defaulted(spec)), old, context).status;
    expect(status(balanced)).toEqual(old.status);
    expect(status({ ports: [http] })).toEqual({ loadBalancer: {} });
  });

  it('says how an address is reached', () => {
    const sent = service(balanced, { loadBalancer: { ingress: [{ ip: '1.1.1.1' }, { hostname: 'a' }] } });
    expect(strategy.defaults?.(sent).status?.loadBalancer?.ingress).toEqual([
      { ip: '1.1.1.1', ipMode: 'VIP' },
      { hostname: 'a' },
    ]);
  });
});
