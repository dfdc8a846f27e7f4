import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { Cluster, ReplicaScheduling } from '../apis/index.ts';
import type { ReplicaPreferences } from '../scheduling/index.ts';
import type { PlacementRecord, RecordNotes } from './placing-record.ts';
import type { Share } from './share.ts';

/** All that is known of an object that is divided by the rules of its kind. */
export interface ApportionInput<T extends KubeObject> {
  readonly object: T;
  /** All that have joined. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** Shall have it, or part of it. */
  readonly chosen: ReadonlySet<string>;
  /** Of these the ones that may be given something that they do not have yet. */
  readonly open: readonly string[];
  /** Shall have it no longer. What is neither here nor chosen stays as it is. */
  readonly leaving: ReadonlySet<string>;
  /** Out of sight for so long that others take their part, where a part can be taken. */
  readonly lost: ReadonlySet<string>;
  /** By an override, whatever the others have. */
  readonly fixed: ReadonlyMap<string, number>;
  /** As a policy says. */
  readonly scheduling: ReplicaScheduling | undefined;
  /** Made from this very object: what another one of its name has left behind is none. */
  readonly copyIn: (cluster: string) => T | undefined;
  /** What `copyIn` does not find was not there. */
  readonly isSeen: (cluster: string) => boolean;
  /** What was decided before. */
  readonly record: PlacementRecord | undefined;
  /** By the policy; where there is none, by preferences as the original's planner did. */
  readonly divide: (total: number, clusters: readonly string[], by: DivideBy) => ReadonlyMap<string, number>;
  readonly mostIn: (cluster: string, preferences: ReplicaPreferences) => number;
}

export interface DivideBy {
  readonly preferences: ReplicaPreferences;
  /** What runs already stays where it runs, as far as preferences let it. */
  readonly current?: ReadonlyMap<string, number>;
  /** The most that a cluster may have by any means; for what a policy divides. */
  readonly limits?: ReadonlyMap<string, number>;
}

export type Apportionment =
  | {
      readonly ok: true;
      /** A chosen cluster without one keeps what it has. */
      readonly shares: ReadonlyMap<string, Share>;
      /** Chosen, and why they have nothing of it all the same. */
      readonly spared: ReadonlyMap<string, string>;
      /** Leaving, and why they have it still. */
      readonly staying: ReadonlyMap<string, string>;
      /** What no cluster can be given, and so is not done anywhere. */
      readonly problem?: string;
      readonly notes: RecordNotes;
    }
  /** Every cluster keeps what it has; the problem is told as a Warning event. */
  | { readonly ok: false; readonly reason: string; readonly problem: string };

/** `undefined`: every chosen cluster has the whole. */
export type Apportion<T extends KubeObject> = (input: ApportionInput<T>) => Apportionment | undefined;
