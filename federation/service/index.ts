export { healthCheckProblem, isJudgedByItself } from './shard-check.ts';
export { unjudgedClustersProblem } from './unjudged-clusters.ts';
export { serviceController } from './service-controller.ts';
export {
  essentialsOfSlice,
  serviceOfSlice,
  ShardHealth,
  SLICES_BY_SERVICE,
  takesClients,
  type ReachableShard,
} from './shard-health.ts';
export { leastBad, parseShardNotes, type ShardNote, type ShardNotes, type ShardVerdict } from './shard-notes.ts';
export { toldShards, type Shards } from './told-shards.ts';
export { ShardTargets } from './shard-targets.ts';
export { parseServiceIngresses } from './service-ingresses.ts';
