import { C_CALLERS, type CCaller } from '../../src/component-base/index.ts';

export interface WayOfPackets {
  readonly how: string;
  readonly batchedBy: readonly CCaller[];
}

/** All ways in which a DNS server takes UDP packets in: one by one, and many at a time by each that can. */
export const waysOfPackets: readonly WayOfPackets[] = [
  { how: 'one by one', batchedBy: [] },
  ...C_CALLERS.map((by) => ({ how: `many at a time by ${by}`, batchedBy: [by] })),
];
