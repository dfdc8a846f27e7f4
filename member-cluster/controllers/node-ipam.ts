import { nodes as nodeResource, type Node } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { TerminalError, type Key, type Lister, type Reconciler } from '../../src/controller/index.ts';
import type { ControllerDefinition } from './controller-definition.ts';

export interface NodeIpamDeps {
  readonly nodes: Lister<Node>;
  readonly client: Client;
  /** Blocks for the pods of a node, in the order they are given out. */
  readonly podCidrs: readonly string[];
}

/** Gives nodes that came without one a block of addresses for their pods. To be run by one worker. */
export function nodeIpamReconciler({ nodes, client, podCidrs }: NodeIpamDeps): Reconciler {
  const given = new Map<Key, string>();
  return async (key, signal) => {
    const node = nodes.get(key);
    if (node === undefined) {
      given.delete(key);
      return {};
    }
    if ((node.spec?.podCIDR ?? '') !== '') return {};

    const taken = new Set([...given.values(), ...nodes.list().flatMap(({ spec }) => spec?.podCIDR ?? [])]);
    const podCIDR = given.get(key) ?? podCidrs.find((cidr) => !taken.has(cidr));
    if (podCIDR === undefined) throw new TerminalError('no block of pod addresses is left for this node');
    given.set(key, podCIDR);
    const patch = { spec: { podCIDR, podCIDRs: [podCIDR] } };
    await client.patch(nodeResource, { name: key }, { type: 'merge', patch }, { signal });
    return {};
  };
}

export const nodeIpamController: ControllerDefinition = {
  name: 'node-ipam',
  build({ informers, client, settings }, queue) {
    const informer = informers.of(nodeResource);
    informer.onEvent(({ key }) => {
      queue.add(key);
    });
    return nodeIpamReconciler({ nodes: informer.lister, client, podCidrs: settings.podCidrs });
  },
};
