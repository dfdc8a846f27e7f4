export { PeerDirectory } from './peer-directory.ts';
export { Reports } from './reports.ts';
export { VantagePoints } from './vantage-points.ts';
