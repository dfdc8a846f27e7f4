import type { ReconcileResult } from '../../src/controller/index.ts';

/**
 * Why a copy is not as it shall be, and will not be by our looking again alone. `conflict`: an object of that name which is
 * not ours. `drift`: changed in the member, and left so as asked. `contested`: somebody there keeps changing it back.
 * `held`: to be taken away, unless too much is. `failed`: the member refused the last call, or did not answer. `unseen`:
 * the member is out of sight, and lacks what has changed since.
 */
export type Trouble = (typeof TROUBLES)[number];

export const TROUBLES = ['conflict', 'contested', 'drift', 'failed', 'held', 'unseen'] as const;

/** What came of a look at one copy. */
export interface CopyResult extends ReconcileResult {
  readonly trouble?: Trouble;
  /** The member has confirmed that it is as it shall be since. */
  readonly isWritten?: boolean;
}
