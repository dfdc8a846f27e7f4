import { notNow, type FilterPlugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { HostPort } from '../pod-info.ts';

const ANY = '0.0.0.0';
const TAKEN = notNow("node(s) didn't have free ports for the requested pod ports");

/** No node where another pod has one of the pod's host ports. */
export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  forPod({ hostPorts }) {
    if (hostPorts.length === 0) return undefined;
    return (node) => (hostPorts.some((wanted) => isTaken(wanted, node)) ? TAKEN : undefined);
  },
};

function isTaken(wanted: HostPort, node: NodeInfo): boolean {
  return node.pods.values().some(({ hostPorts }) => hostPorts.some((used) => collides(wanted, used)));
}

function collides(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === ANY || b.ip === ANY);
}
