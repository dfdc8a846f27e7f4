export { planReplicas, type PlanRequest, type ReplicaPlan } from './planner.ts';
export {
  defaultPreferences,
  parsePreferences,
  type ClusterPreference,
  type ParsedPreferences,
  type ReplicaPreferences,
} from './preferences.ts';
