export { serviceController, type ServiceControllerDeps } from './service-controller.ts';
export {
  essentialsOfSlice,
  serviceOfSlice,
  ShardHealth,
  SLICES_BY_SERVICE,
  type ReachableShard,
  type ShardHealthDeps,
  type ShardState,
} from './shard-health.ts';
