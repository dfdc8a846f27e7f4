import { expect, it } from 'vitest';
import { blockPlan, simulatedPlan, type AddressPlan } from './address-plan.ts';

const plans: readonly [string, AddressPlan, string][] = [
  ['a block', blockPlan(9), '127.9.'],
  ['a simulation', simulatedPlan(), '10.'],
];

it.each(plans)('gives everything of %s an address of its own', (_name, plan, prefix) => {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const cidrs = numbers(plan.maxNodes).map((number) => plan.podCidr(number));
  const addresses = [
    plan.apiServer.host,
    ...numbers(plan.maxNodes).map((number) => plan.nodeAddress(number)),
    ...numbers(plan.serviceCount).map((number) => plan.serviceAddress(number)),
    ...[...cidrs, plan.loadBalancerCidr].map((cidr) => cidr.replace(/0\/24$/, '1')),
  ];
  expect(new Set(addresses).size).toBe(addresses.length);
  expect(addresses.every((address) => address.startsWith(prefix))).toBe(true);
  expect(new Set([...cidrs, plan.loadBalancerCidr]).size).toBe(cidrs.length + 1);
});

it('is the plan that everybody knows', () => {
  const plan = blockPlan(7);
  expect(plan.apiServer).toEqual({ host: '127.7.0.1', port: 6443 });
  expect([plan.kubernetesService, plan.clusterDns]).toEqual(['127.7.96.1', '127.7.96.10']);
  expect([plan.nodeAddress(2), plan.podCidr(2), plan.loadBalancerCidr]).toEqual([
    '127.7.1.2',
    '127.7.130.0/24',
    '127.7.200.0/24',
  ]);
  expect(plan.serviceAddress(4094)).toBe('127.7.111.254');
});

it.each([
  '127.7.96.0',
  '127.7.111.255',
  '127.7.95.255',
  '127.7.112.0',
  '127.8.96.1',
  '',
  'None',
  '127.7.96',
  '127.7.96.x',
])('has no cluster IP %s', (address) => {
  expect(blockPlan(7).serviceNumber(address)).toBeUndefined();
});

it('knows the number of a cluster IP', () => {
  const plan = blockPlan(7);
  for (const number of [1, 10, 256, 4094]) expect(plan.serviceNumber(plan.serviceAddress(number))).toBe(number);
});

it.each([0, 255, 1.5])('has no block %s', (block) => {
  expect(() => blockPlan(block)).toThrow(TypeError);
});
