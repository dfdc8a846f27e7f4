import { describe, expect, it } from 'vitest';
import type { Endpoint, EndpointSlice, Service, ServiceSpec } from '../../src/apis/index.ts';
import { ruleKey } from './proxier.ts';
import { addressesOfNode, serviceRules } from './service-rules.ts';

const nodeAddresses = [
  { node: 'n1', host: '127.9.1.1' },
  { node: 'n2', host: '127.9.1.2' },
];

const serviceOf = (
  spec: ServiceSpec,
  ingress: readonly { ip?: string; hostname?: string; ipMode?: string }[] = [],
): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { clusterIP: '127.9.96.5', ports: [{ name: 'http', port: 80, nodePort: 30080 }], ...spec },
  status: { loadBalancer: { ingress } },
});

const sliceOf = (endpoints: readonly Endpoint[], more: Partial<EndpointSlice> = {}): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-x', namespace: 'default' },
  addressType: 'IPv4',
  ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
  endpoints,
  ...more,
});

const ready = (host: string, nodeName: string): Endpoint => ({
  addresses: [host],
  nodeName,
  conditions: { ready: true },
});
const unready = (host: string): Endpoint => ({ addresses: [host], conditions: { ready: false, serving: false } });
const ending = (host: string, nodeName: string): Endpoint => ({
  addresses: [host],
  nodeName,
  conditions: { ready: false, serving: true, terminating: true },
});

function table(service: Service, ...slices: EndpointSlice[]): string[] {
  const owns = (address: string) => address.startsWith('127.9.');
  const { rules, unmet } = serviceRules({ service, slices, nodeAddresses, owns });
  const lines = rules.map((rule) => {
    const backends = rule.backends.map(({ host, port }) => `${host}:${port}`).join(' ');
    return `${ruleKey(rule)} -> ${backends === '' ? 'nobody' : backends}`;
  });
  return [...lines, ...unmet];
}

const two = sliceOf([ready('127.9.129.1', 'n1'), ready('127.9.130.1', 'n2'), unready('127.9.130.2')]);
const both = '127.9.129.1:8080 127.9.130.1:8080';

describe('serviceRules', () => {
  it('leads the cluster IP and every node port to all that are ready', () => {
    expect(table(serviceOf({ type: 'NodePort' }), two)).toEqual([
      `TCP 127.9.96.5:80 -> ${both}`,
      `TCP 127.9.1.1:30080 -> ${both}`,
      `TCP 127.9.1.2:30080 -> ${both}`,
    ]);
  });

  it('leads load balancer addresses and external IPs of this cluster', () => {
    const spec = { type: 'LoadBalancer', externalIPs: ['127.9.7.7', '192.0.2.1'] };
    const ingress = [{ ip: '127.9.200.1' }, { hostname: 'x.example.com' }, { ip: '127.9.200.2', ipMode: 'Proxy' }];
    expect(table(serviceOf(spec, ingress), two)).toEqual([
      `TCP 127.9.96.5:80 -> ${both}`,
      `TCP 127.9.7.7:80 -> ${both}`,
      `TCP 127.9.200.1:80 -> ${both}`,
      `TCP 127.9.1.1:30080 -> ${both}`,
      `TCP 127.9.1.2:30080 -> ${both}`,
      'external IP 192.0.2.1 is not an address of this cluster',
    ]);
  });

  it('keeps node ports to their nodes under the external policy Local', () => {
    const one = sliceOf([ready('127.9.129.1', 'n1')]);
    const service = serviceOf({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }, [{ ip: '127.9.200.1' }]);
    expect(table(service, one)).toEqual([
      'TCP 127.9.96.5:80 -> 127.9.129.1:8080',
      'TCP 127.9.200.1:80 -> 127.9.129.1:8080',
      'TCP 127.9.1.1:30080 -> 127.9.129.1:8080',
      'TCP 127.9.1.2:30080 -> nobody',
    ]);
  });

  it('falls back on endpoints that end but still serve, for all or for a node', () => {
    const plain = serviceOf({ ports: [{ name: 'http', port: 80 }] });
    const local = serviceOf({ ports: [{ name: 'http', port: 80 }], internalTrafficPolicy: 'Local' });
    const mixed = sliceOf([ready('127.9.129.1', 'n1'), ending('127.9.129.2', 'n1'), ending('127.9.130.1', 'n2')]);
    const last = sliceOf([ending('127.9.129.2', 'n1'), unready('127.9.130.2')]);
    expect(table(plain, mixed)).toEqual(['TCP 127.9.96.5:80 -> 127.9.129.1:8080']);
    expect(table(plain, last)).toEqual(['TCP 127.9.96.5:80 -> 127.9.129.2:8080']);
    expect(table(local, mixed)).toEqual(['TCP 127.9.96.5:80 -> 127.9.129.1:8080 127.9.130.1:8080']);
  });

  it('takes ports by name and protocol, and endpoints of the address family', () => {
    const ports = [
      { name: 'dns', protocol: 'UDP', port: 53 },
      { name: 'dns-tcp', port: 53 },
      { name: 'x', protocol: 'SCTP', port: 9 },
    ];
    const service = serviceOf({ clusterIPs: ['127.9.96.5', '::1'], ports });
    const v4 = sliceOf([ready('127.9.129.1', 'n1')], {
      ports: [
        { name: 'dns', protocol: 'UDP', port: 1053 },
        { name: 'dns-tcp', protocol: 'TCP', port: 2053 },
      ],
    });
    const v6 = sliceOf([ready('::2', 'n1')], {
      addressType: 'IPv6',
      ports: [{ name: 'dns', protocol: 'UDP', port: 53 }],
    });
    expect(table(service, v4, v6)).toEqual([
      'UDP 127.9.96.5:53 -> 127.9.129.1:1053',
      'UDP [::1]:53 -> ::2:53',
      'TCP 127.9.96.5:53 -> 127.9.129.1:2053',
      'TCP [::1]:53 -> nobody',
      'port 9: protocol SCTP is not forwarded',
    ]);
  });

  it.each<[string, ServiceSpec, Record<string, string>]>([
    ['headless', { clusterIP: 'None' }, {}],
    ['not yet given an address', { clusterIP: '' }, {}],
    ['aliases', { type: 'ExternalName', externalName: 'x.example.com' }, {}],
    ['of another proxy', {}, { 'service.kubernetes.io/service-proxy-name': 'mine' }],
  ])('leaves Services alone that are %s', (_, spec, labels) => {
    const service = serviceOf(spec);
    expect(table({ ...service, metadata: { ...service.metadata, labels } }, two)).toEqual([]);
  });

  it('lets nobody in rather than everybody when a source range cannot be read', () => {
    const spec = {
      type: 'LoadBalancer',
      ports: [{ name: 'http', port: 80 }],
      loadBalancerSourceRanges: ['10.0.0.0/33'],
    };
    expect(table(serviceOf(spec, [{ ip: '127.9.200.1' }]), two)).toEqual([
      `TCP 127.9.96.5:80 -> ${both}`,
      'load balancer source range 10.0.0.0/33 is not a CIDR: nobody is let in',
    ]);
  });

  it('has health checks for load balancers under the external policy Local', () => {
    const checks = (spec: ServiceSpec) => {
      const input = { service: serviceOf(spec), slices: [two, two], nodeAddresses, owns: () => true };
      return serviceRules(input).healthChecks.map(({ host, port, localEndpoints }) => [host, port, localEndpoints]);
    };
    const spec = { type: 'LoadBalancer', healthCheckNodePort: 30_999 };
    expect(checks(spec)).toEqual([]);
    expect(checks({ ...spec, externalTrafficPolicy: 'Local' })).toEqual([
      ['127.9.1.1', 30_999, 1],
      ['127.9.1.2', 30_999, 1],
    ]);
  });

  it('says how long a client keeps its backend', () => {
    const rules = (spec: ServiceSpec) =>
      serviceRules({ service: serviceOf(spec), slices: [], nodeAddresses: [], owns: () => true }).rules;
    expect(rules({ sessionAffinity: 'ClientIP' })[0]?.affinitySeconds).toBe(10_800);
    const sessionAffinityConfig = { clientIP: { timeoutSeconds: 7 } };
    expect(rules({ sessionAffinity: 'ClientIP', sessionAffinityConfig })[0]?.affinitySeconds).toBe(7);
    expect(rules({ sessionAffinity: 'None' })[0]).not.toHaveProperty('affinitySeconds');
  });
});

it('takes internal and external addresses of nodes, each once', () => {
  const addresses = [
    { type: 'Hostname', address: 'n1' },
    { type: 'InternalIP', address: '127.9.1.1' },
    { type: 'ExternalIP', address: '127.9.1.1' },
  ];
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, status: { addresses } };
  expect(addressesOfNode(node)).toEqual([{ node: 'n1', host: '127.9.1.1' }]);
});
