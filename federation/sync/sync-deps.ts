import type { KubeObject, Resource } from '../../src/apimachinery/index.ts';
import type { Namespace } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Registry } from '../../src/component-base/index.ts';
import type { EventRecorder, Informer } from '../../src/controller/index.ts';
import type { Tracer } from '../../src/tracing/index.ts';
import type { Cluster } from '../apis/index.ts';
import type { ClusterClients, FederatedInformer } from '../cluster/index.ts';
import type { ClusterPools } from './pool/cluster-pools.ts';
import type { DebtLedger } from './debts/debt-ledger.ts';
import type { ApplySupport } from './apply-support.ts';
import type { CopyCounters } from './copy-counters.ts';
import type { FederatedType, MemberView } from './federated-type.ts';
import type { PlacingContext } from './placing-context.ts';
import type { Rate } from './pool/token-bucket.ts';
import type { BlastRadius, RemovalGuard } from './removal-guard.ts';
import type { TroubledCopies } from './troubled-copies.ts';

export interface SyncDeps<T extends KubeObject> {
  readonly type: FederatedType<T>;
  /** Name of the federation: the mark on everything it makes in members. */
  readonly federationName: string;
  readonly federation: Client;
  readonly objects: Informer<T>;
  readonly clusters: Informer<Cluster>;
  readonly clients: Pick<ClusterClients, 'get'>;
  /** The copies: those with our mark, or all where `acceptsForeign`. */
  readonly members: FederatedInformer<T>;
  /** For namespaced kinds: a copy waits until its namespace is there. */
  readonly namespaces?: FederatedInformer<Namespace>;
  /** What decides where objects go, beside the objects themselves. */
  readonly placing: PlacingContext;
  readonly pools: ClusterPools;
  readonly applySupport: ApplySupport;
  readonly view: (cluster: string, client: Client) => MemberView;
  /** The object with what the federation's API fills in where it is left out. */
  readonly defaulted: Defaulted;
  readonly debts: DebtLedger;
  readonly removals: RemovalGuard;
  readonly troubled: TroubledCopies;
  readonly counters: CopyCounters;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Registry;
  readonly tracer?: Tracer | undefined;
  readonly options?: SyncOptions;
}

export type Defaulted = <T extends KubeObject>(resource: Resource<T>, object: T) => T;

export interface SyncOptions {
  /** One call to one member may take so long; 6 s. */
  readonly memberTimeoutMs?: number;
  /** Copies that are worked on at the same time in one member, of all kinds; 16. */
  readonly memberWorkers?: number;
  /** Calls to one member in a second, and at once after a pause; 500 and 1,000. */
  readonly memberRate?: Rate;
  /** A deleted object waits so long for members out of sight; then what is theirs to delete is noted. 5 min. */
  readonly deletionGraceMs?: number;
  /** How much of all copies a change of placement, or a deletion of a namespace or definition, may take away unconfirmed. */
  readonly blastRadius?: BlastRadius;
  /** The replicas of a cluster that went offline are planned elsewhere after so long; 60 s, as in the original. */
  readonly replanAfterMs?: number;
  /** That a copy could not be written, or not be seen, is told in the record of its object after so long; 10 s. */
  readonly troubledAfterMs?: number;
  /** What is divided by room is looked at again so long after what is used somewhere has changed; 10 s. */
  readonly usageReviewMs?: number;
}
