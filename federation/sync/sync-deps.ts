import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { Namespace } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Registry } from '../../src/component-base/index.ts';
import type { EventRecorder, Informer } from '../../src/controller/index.ts';
import type { Cluster } from '../apis/index.ts';
import type { ClusterClients, FederatedInformer } from '../cluster/index.ts';
import type { FederatedType } from './federated-type.ts';

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
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Registry;
  readonly options?: SyncOptions;
}

export interface SyncOptions {
  /** One write in one member may take so long; 5 s. */
  readonly memberTimeoutMs?: number;
  /** Writes at the same time in one member, of one kind; 8. */
  readonly memberWorkers?: number;
  /** The replicas of a cluster that went offline are planned elsewhere after so long; 60 s, as in the original. */
  readonly replanAfterMs?: number;
}
