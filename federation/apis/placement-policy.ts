import type { IntOrString, KubeObject, LabelSelector } from '../../src/apimachinery/index.ts';
import type { Toleration } from '../../src/apis/index.ts';

/** Objects by kind, and by name or labels; all of the kind when it says neither. */
export interface ResourceSelector {
  readonly apiVersion: string;
  readonly kind: string;
  /** Of a policy of the whole federation only; that of a namespaced one is its own. */
  readonly namespace?: string;
  readonly name?: string;
  readonly labelSelector?: LabelSelector;
}

/** A requirement on what is known of a cluster beside its labels. */
export interface ClusterFieldRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Clusters for which all that is said holds. */
export interface ClusterAffinity {
  readonly clusterNames?: readonly string[];
  /** Names that are out, whatever else holds. */
  readonly exclude?: readonly string[];
  readonly labelSelector?: LabelSelector;
  readonly fieldSelector?: { readonly matchExpressions?: readonly ClusterFieldRequirement[] };
}

/** One of several, in the order in which they are tried. */
export interface NamedClusterAffinity extends ClusterAffinity {
  readonly affinityName: string;
}

export type SpreadField = 'region' | 'zone' | 'cluster';

export interface SpreadConstraint {
  readonly spreadByField: SpreadField;
  /** Fewer: nothing is placed anew. 1 when absent. */
  readonly minGroups?: number;
  /** Unbounded when absent. */
  readonly maxGroups?: number;
}

/** How much of the replicas goes to the clusters of `targetCluster`; the first entry that holds a cluster counts. */
export interface ClusterWeight {
  readonly targetCluster?: ClusterAffinity;
  /** 0: no more than `minReplicas`. */
  readonly weight: number;
  /** Of each of these clusters. Best effort: heavier clusters come first when the total is less than the sum. */
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
}

export interface ReplicaScheduling {
  /** `Duplicated`: every cluster has them all. */
  readonly replicaSchedulingType?: 'Duplicated' | 'Divided';
  readonly weightPreference?: {
    /** Clusters in none of them get none. */
    readonly staticWeightList?: readonly ClusterWeight[];
    /** By what each cluster has room for, instead of fixed weights. */
    readonly dynamicWeight?: 'AvailableReplicas';
  };
  /** Of running replicas, at the same time, on their way to where they belong. 0: what runs stays where it runs. */
  readonly rebalance?: { readonly maxMoving?: IntOrString };
}

export interface Placement {
  readonly clusterAffinity?: ClusterAffinity;
  /** Groups in the order of preference: a later one takes what those before it have no room for. */
  readonly clusterAffinities?: readonly NamedClusterAffinity[];
  readonly clusterTolerations?: readonly Toleration[];
  readonly spreadConstraints?: readonly SpreadConstraint[];
  readonly replicaScheduling?: ReplicaScheduling;
}

export interface PlacementPolicySpec {
  readonly resourceSelectors: readonly ResourceSelector[];
  /** The highest of those that select an object decides. */
  readonly priority?: number;
  /** What a workload's pods name (ConfigMaps, Secrets, ServiceAccounts, claims) goes where the workload goes. */
  readonly propagateDeps?: boolean;
  readonly placement?: Placement;
}

export interface PlacementPolicyStatus {
  readonly observedGeneration?: number;
  /** Objects that it decides about. */
  readonly objects?: number;
  /** Of these, how many are not placed as asked. */
  readonly unplaced?: number;
}

/** Decides to which clusters objects go; of one namespace, or (`ClusterPlacementPolicy`) of any. */
export interface PlacementPolicy extends KubeObject {
  readonly spec?: PlacementPolicySpec;
  readonly status?: PlacementPolicyStatus;
}
