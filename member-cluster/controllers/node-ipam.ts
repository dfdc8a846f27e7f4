import { nodes as nodeResource, type Node } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { TerminalError, type Key, type Lister, type Reconciler } from '../../src/controller/index.ts';
import type { ControllerDefinition, PodBlocks } from './controller-definition.ts';

export interface NodeIpamDeps {
  readonly nodes: Lister<Node>;
  readonly client: Client;
  readonly blocks: PodBlocks;
}

/** Gives nodes that came without one a block of addresses for their pods. To be run by one worker. */
export function nodeIpamReconciler({ nodes, client, blocks }: NodeIpamDeps): Reconciler {
  const given = new Map<Key, string>();
  return async (key, signal) => {
    const node = nodes.get(key);
    if (node === undefined) {
      given.delete(key);
      return {};
    }
    if ((node.spec?.podCIDR ?? '') !== '') return {};

    const taken = new Set([...given.values(), ...nodes.list().flatMap(({ spec }) => spec?.podCIDR ?? [])]);
    const podCIDR = given.get(key) ?? lastFree(blocks, taken);
    if (podCIDR === undefined) throw new TerminalError('no block of pod addresses is left for this node');
    given.set(key, podCIDR);
    const patch = { spec: { podCIDR, podCIDRs: [podCIDR] } };
    await client.patch(nodeResource, { name: key }, { type: 'merge', patch }, { signal });
    return {};
  };
}

/** From the last one down: nodes that know their block take the first ones, and may not have come yet. */
function lastFree(blocks: PodBlocks, taken: ReadonlySet<string>): string | undefined {
  for (let number = blocks.maxNodes; number >= 1; number--) {
    const cidr = blocks.podCidr(number);
    if (!taken.has(cidr)) return cidr;
  }
  return undefined;
}

export const nodeIpamController: ControllerDefinition = {
  name: 'node-ipam',
  build({ informers, client, settings }, queue) {
    const informer = informers.of(nodeResource);
    informer.onEvent(({ key }) => {
      queue.add(key);
    });
    return nodeIpamReconciler({ nodes: informer.lister, client, blocks: settings.podBlocks });
  },
};
