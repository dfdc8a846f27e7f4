import { expect, it } from 'vitest';
import type { ResourceDefinition } from '../apiserver/index.ts';
import type { KubeObject } from '../apimachinery/index.ts';
import { leases } from './coordination/lease.ts';
import { endpoints } from './core/endpoints.ts';
import { secrets } from './core/secret.ts';
import { services } from './core/service.ts';
import { networkPolicies } from './networking/network-policy.ts';

function errorsOf<T extends KubeObject>({ strategy }: ResourceDefinition<T>, object: T): readonly string[] {
  const complete = strategy.defaults?.(object) ?? object;
  return (strategy.validate?.(complete) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

const metadata = { name: 'a', namespace: 'default' };

it('an Endpoints object has names and nodes that can be', () => {
  const subset = {
    addresses: [{ ip: '10.0.0.1', hostname: 'a.b', nodeName: 'N' }],
    ports: [{ port: 80, appProtocol: 'a b' }],
  };
  const object = { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [subset] };
  expect(errorsOf(endpoints, object).map((text) => text.split(': ', 2).join(': '))).toEqual([
    'subsets[0].addresses[0].hostname: Invalid value',
    'subsets[0].addresses[0].nodeName: Invalid value',
    'subsets[0].ports[0].appProtocol: Invalid value',
  ]);
  const named = { ...subset, addresses: [{ ip: '10.0.0.1', hostname: 'a', nodeName: 'n.x' }], ports: [{ port: 80 }] };
  expect(errorsOf(endpoints, { ...object, subsets: [named] })).toEqual([]);
});

it.each([
  [{ 'ssh-privatekey': '' }, ['data[ssh-privatekey]: Required value']],
  [{}, ['data[ssh-privatekey]: Required value']],
  [{ 'ssh-privatekey': 'AAAA' }, []],
])('a Secret for SSH wants a key: %j', (data, expected) => {
  const type = 'kubernetes.io/ssh-auth';
  expect(errorsOf(secrets, { apiVersion: 'v1', kind: 'Secret', metadata, type, data })).toEqual(expected);
});

it.each([
  [['Ingress', 'Egress'], []],
  [['X'], ['spec.policyTypes[0]: Unsupported value: "X": supported values: "Egress", "Ingress"']],
  [['X', 'Y', 'Z'], ['spec.policyTypes: Invalid value: ["X","Y","Z"]: may not specify more than two policyTypes']],
])('a NetworkPolicy is of types %j', (policyTypes, expected) => {
  const spec = { podSelector: {}, policyTypes };
  expect(
    errorsOf(networkPolicies, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec }),
  ).toEqual(expected);
});

it('a Lease prefers a holder only when it says how to choose', () => {
  const lease = (spec: object) => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
  expect(errorsOf(leases, lease({ preferredHolder: 'a' }))).toEqual([
    'spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined',
  ]);
  expect(errorsOf(leases, lease({ preferredHolder: 'a', strategy: 'OldestEmulationVersion' }))).toEqual([]);
});

it('a Service names the protocol of its application as labels are named', () => {
  const service = (appProtocol: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { ports: [{ port: 80, appProtocol }] },
  });
  expect(errorsOf(services, service('kubernetes.io/ws'))).toEqual([]);
  expect(errorsOf(services, service('a b'))).toEqual([expect.stringContaining('spec.ports[0].appProtocol: Invalid')]);
});
