import { expect, it } from 'vitest';
import { networksOf, rememberedNetworks } from './networks.ts';

const node = (address: string, ...podCIDRs: string[]) => ({
  spec: { podCIDRs },
  status: {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: 'node' },
    ],
  },
});

it('has the addresses of nodes and of their pods', () => {
  expect(networksOf([node('192.0.2.1', '10.0.0.0/24'), node('192.0.2.9', 'fd00:1::/64')])).toEqual([
    '10.0.0.0/24',
    '192.0.2.1/32',
    '192.0.2.9/32',
    'fd00:1::/64',
  ]);
  expect(networksOf([{ spec: { podCIDR: '10.0.0.0/24' }, status: {} }])).toEqual(['10.0.0.0/24']);
});

it('makes one of neighbours, and leaves out what is within another', () => {
  expect(
    networksOf([
      node('10.0.0.4', '10.0.0.0/24'),
      node('192.0.2.2', '10.0.1.0/24'),
      node('192.0.2.3', '10.0.3.0/24'),
      node('192.0.2.2', '10.0.2.0/24'),
    ]),
  ).toEqual(['10.0.0.0/22', '192.0.2.2/31']);
});

it('says nothing of what is no address', () => {
  expect(networksOf([node('node.example', 'cidr'), node('10.0.0.1/x', '10.0.0.0/33')])).toEqual([]);
});

it('takes together what is near where there are too many', () => {
  const nodes = Array.from({ length: 1000 }, (_, at) => node(`10.7.${at >> 6}.${(at & 63) * 4}`));
  const networks = networksOf([...nodes, node('192.0.2.1')]);
  expect(networks.length).toBeLessThanOrEqual(64);
  expect(networks.filter((network) => network.startsWith('192.0.2.'))).toHaveLength(1);
  expect(networks.every((network) => /^(10\.7\.|192\.0\.2\.)/.test(network))).toBe(true);
});

it('looks again only when nodes are elsewhere', () => {
  const networks = rememberedNetworks();
  const before = networks([node('10.0.0.1')]);
  expect(networks([node('10.0.0.1')])).toBe(before);
  expect(networks([node('10.0.0.2')])).toEqual(['10.0.0.2/32']);
  expect(networks([])).toEqual([]);
});
