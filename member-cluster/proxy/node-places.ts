import { BlockList, isIPv6 } from 'node:net';
import type { Node } from '../../src/apis/index.ts';
import type { NodeOf } from './backend-choice.ts';
import { addressesOfNode } from './service-rules.ts';

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Which node an address is of: its own, or of one of its pods. */
export function nodePlaces(nodes: readonly Node[]): NodeOf {
  const places = nodes.map((node) => {
    const addresses = new BlockList();
    for (const { host } of addressesOfNode(node)) addresses.addAddress(host, familyOf(host));
    for (const cidr of podCIDRs(node)) {
      const [address = '', bits] = cidr.split('/');
      addresses.addSubnet(address, Number(bits), familyOf(address));
    }
    return { name: node.metadata.name ?? '', addresses };
  });
  return (address) => places.find(({ addresses }) => addresses.check(address, familyOf(address)))?.name;
}

function podCIDRs({ spec }: Node): readonly string[] {
  return spec?.podCIDRs ?? (spec?.podCIDR === undefined ? [] : [spec.podCIDR]);
}
