import type { Pod, StatefulSet } from '../../../src/apis/index.ts';
import { isReady } from '../../pods/index.ts';

/** A pod of the set that there should be. */
export interface Replica {
  readonly ordinal: number;
  readonly pod?: Pod;
}

/** A pod that is there. */
export interface Member {
  readonly ordinal: number;
  readonly pod: Pod;
}

export interface View {
  readonly set: StatefulSet;
  /** Lowest first. */
  readonly replicas: readonly Replica[];
  /** Those beyond the size of the set, highest first. */
  readonly condemned: readonly Member[];
  /** The name of the revision of the present template. */
  readonly updateRevision: string;
  /** Nothing that belonged to an earlier pod of the place is still on its way out. */
  readonly isFree: (ordinal: number) => boolean;
  /** The pod and its claims are as their place says. */
  readonly isSound: (member: Member) => boolean;
  readonly now: number;
}

export type Action =
  | { readonly type: 'create'; readonly ordinal: number }
  | { readonly type: 'delete'; readonly pod: Pod }
  /** Its claims are to be made if they are missing: it waits for them. */
  | { readonly type: 'claim'; readonly ordinal: number; readonly pod: Pod }
  | { readonly type: 'repair'; readonly ordinal: number; readonly pod: Pod };

export const isOrdered = ({ spec }: StatefulSet): boolean => spec?.podManagementPolicy !== 'Parallel';

export const isLeaving = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isReady(pod);

export const isHealthy = (pod: Pod): boolean => isRunningAndReady(pod) && !isLeaving(pod);
