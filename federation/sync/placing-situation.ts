import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { Cluster, PlacementPolicy } from '../apis/index.ts';
import type { ClusterChoice } from '../scheduling/index.ts';
import type { PodLooks } from './kinds/pod-looks.ts';
import type { FullClusters } from './placing-full-clusters.ts';
import type { Overrides } from './placing-overrides.ts';
import type { PlacementRecord, RecordNotes } from './placing-record.ts';
import type { Share } from './share.ts';
import type { SyncDeps } from './sync-deps.ts';

/** All that is known of an object when its shares are decided. */
export interface Situation<T extends KubeObject> {
  readonly object: T;
  readonly policy?: PlacementPolicy;
  readonly choice: ClusterChoice;
  /** All that have joined. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Out of sight for so long that others take their part. */
  readonly lost: ReadonlySet<string>;
  /** Out of our sight, not out of that of their clients: they keep what they have, and get nothing more. */
  readonly kept: ReadonlySet<string>;
  readonly overrides: Overrides<T>;
  /** What was decided before. */
  readonly record: PlacementRecord | undefined;
  /** Replicas asked of clusters by the last decision. */
  readonly asked: ReadonlyMap<string, number>;
  readonly full: FullClusters;
  readonly looks: PodLooks;
}

export type SharesDeps<T extends KubeObject> = Pick<SyncDeps<T>, 'type' | 'clients' | 'members' | 'clock'>;

export interface Counts {
  /** `whole`: there is nothing to divide. No share: what is there stays. */
  readonly shares: ReadonlyMap<string, Share> | 'whole';
  readonly warning?: { readonly reason: string; readonly message: string };
  readonly reviewAfterMs?: number;
  readonly exceptions?: Exceptions;
}

/** Of kinds that are divided by rules of their own. */
export interface Exceptions {
  /** Chosen, and why they have nothing of it. */
  readonly spared: ReadonlyMap<string, string>;
  /** Left, and why they have it still. */
  readonly staying: ReadonlyMap<string, string>;
  readonly notes: RecordNotes;
  /** Not all of it could be given to a cluster. */
  readonly isShort: boolean;
}
