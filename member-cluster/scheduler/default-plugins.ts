import type { Selector } from '../../src/apimachinery/index.ts';
import type { Pod } from '../../src/apis/index.ts';
import type { Plugins } from './place.ts';
import { nodeAffinity, nodePreference } from './plugins/node-affinity.ts';
import { nodeName } from './plugins/node-name.ts';
import { nodePorts } from './plugins/node-ports.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable.ts';
import { podAffinity } from './plugins/pod-affinity.ts';
import { podPreference } from './plugins/pod-preference.ts';
import { balancedAllocation, leastAllocated, resourcesFit } from './plugins/resources-fit.ts';
import { taintPreference, taintToleration } from './plugins/taint-toleration.ts';
import { topologyPreference, topologySpread } from './plugins/topology-spread.ts';
import { volumeBinding, type StorageListers } from './plugins/volume-binding.ts';

/** Cheap filters come first: the first that says no is the reason that users read. */
export function defaultPlugins(workloadSelector: (pod: Pod) => Selector | undefined, storage: StorageListers): Plugins {
  return {
    filters: [
      nodeUnschedulable,
      nodeName,
      taintToleration,
      nodeAffinity,
      nodePorts,
      resourcesFit,
      volumeBinding(storage),
      topologySpread,
      podAffinity,
    ],
    scores: [
      taintPreference,
      nodePreference,
      leastAllocated,
      balancedAllocation,
      topologyPreference(workloadSelector),
      podPreference,
    ],
  };
}
