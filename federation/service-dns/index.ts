export type { ResolveHostName } from './host-names.ts';
export { parseDnsPolicy } from './dns-policy.ts';
export { placeFollower } from './place-follower.ts';
export { parseTtl } from './dns-ttl.ts';
export { ServiceDnsController, type TargetPreview } from './service-dns-controller.ts';
export type { PublishTarget } from './publish-target.ts';
export type { PublishingState } from './publishing-state.ts';
export { publishingReport } from './publishing-report.ts';
export { isFederationName, namingOf } from './naming.ts';
