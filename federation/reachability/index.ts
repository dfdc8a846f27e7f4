export { PeerDirectory } from './peer-directory.ts';
export { ShardVotes, type ShardVerdict } from './shard-votes.ts';
export { Reports } from './reports.ts';
export { VantagePoints } from './vantage-points.ts';
