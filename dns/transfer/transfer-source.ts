import type { RecordChanges, ZoneSource, ZoneView } from '../zone/index.ts';

/** Zones that can be copied, and changed. */
export interface TransferSource extends ZoneSource {
  /**
   * Makes the change that `decide` says, given the zone as it is: nothing else changes it in between. Rejects with what
   * `decide` throws. Visible and durable when it resolves.
   */
  change(zone: string, decide: (current: ZoneView) => RecordChanges, signal?: AbortSignal): Promise<void>;
}
