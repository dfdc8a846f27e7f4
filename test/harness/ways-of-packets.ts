import { SYSTEM_CALLS_BY, type SystemCallsBy } from '../../dns/udp/index.ts';

export interface WayOfPackets {
  readonly how: string;
  readonly batchedBy: readonly SystemCallsBy[];
}

/** All ways in which a DNS server takes UDP packets in: one by one, and many at a time by each that can. */
export const waysOfPackets: readonly WayOfPackets[] = [
  { how: 'one by one', batchedBy: [] },
  ...SYSTEM_CALLS_BY.map((by) => ({ how: `many at a time by ${by}`, batchedBy: [by] })),
];
