export { checkTarget, type CheckOptions, type CheckOutcome } from './check-target.ts';
export {
  parsePeers,
  parseReport,
  type Peers,
  type Report,
  type ReportedShard,
  type ReportingPath,
} from './documents.ts';
export { peersName, REPORTER_ACCOUNT, REPORTER_LABEL, REPORTER_NAMESPACE, reporterRoles, reportName } from './names.ts';
export type { ReachState, ReachTimings } from './reach-judgement.ts';
export { ShardWatch, type ShardWatchDeps, type WatchedShard } from './shard-watch.ts';
export { targetKey, type ShardCheck, type ShardTarget } from './target.ts';
