export { healthCheckProblem, isJudgedByItself } from './shard-check.ts';
export { unjudgedClustersProblem } from './unjudged-clusters.ts';
export { serviceController } from './service-controller.ts';
export {
  essentialsOfSlice,
  serviceOfSlice,
  ShardHealth,
  SLICES_BY_SERVICE,
  type ReachableShard,
} from './shard-health.ts';
export { toldShards, type Shards } from './told-shards.ts';
export { ShardTargets } from './shard-targets.ts';
export { parseServiceIngresses } from './service-ingresses.ts';
