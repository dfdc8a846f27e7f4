import { isNamespaceTerminating, keyOf } from '../../src/apimachinery/index.ts';
import type { Secret, ServiceAccount } from '../../src/apis/index.ts';
import type { StoredResources } from '../../src/apiserver/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Registry, Runnable } from '../../src/component-base/index.ts';
import {
  controller,
  WorkQueue,
  type EventRecorder,
  type InformerSet,
  type Reconciler,
} from '../../src/controller/index.ts';
import type { KubernetesServiceOptions } from './kubernetes-service/kubernetes-service.ts';

/** Blocks of addresses for the pods of a node, numbered from 1. */
export interface PodBlocks {
  podCidr(number: number): string;
  readonly maxNodes: number;
}

/** What differs from cluster to cluster. */
export interface ControllerSettings {
  /** What the API server stores. */
  readonly resources: StoredResources;
  /** PEM of the CA that signed the API server's certificate. */
  readonly rootCa: string;
  readonly issueToken: (account: ServiceAccount, secret: Secret) => Promise<string>;
  readonly kubernetesService: KubernetesServiceOptions;
  /** Where addresses of load balancers are taken from. */
  readonly loadBalancerCidr: string;
  /** Blocks for the pods of nodes that register without one. */
  readonly podBlocks: PodBlocks;
}

export interface ControllerContext {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly settings: ControllerSettings;
  /** Events of this component. */
  readonly events: (component: string) => EventRecorder;
}

/** What one controller is built with. */
export interface BuildContext extends ControllerContext {
  /** `release` is called when the controller ends: what listens beyond its informers lets go. */
  readonly onEnd: (release: () => void) => void;
}

/** One controller, as data. */
export interface ControllerDefinition {
  readonly name: string;
  /** 1 when absent. */
  readonly workers?: number;
  /** Asks for informers, lets their events fill the queue, and returns what works on its keys. Does no I/O. */
  build(context: BuildContext, queue: WorkQueue): Reconciler;
}

export function buildController(definition: ControllerDefinition, context: ControllerContext): Runnable {
  const { name, workers = 1 } = definition;
  const { clock, log, metrics, informers } = context;
  const queue = new WorkQueue(clock, { name, metrics });
  const releases: (() => void)[] = [];
  const onEnd = (release: () => void) => {
    releases.push(release);
  };
  const reconcile = tolerant(definition.build({ ...context, onEnd }, queue));
  const synced = (signal: AbortSignal) => informers.synced(signal);
  const worker = controller({ name, reconcile, queue, workers, synced, clock, log });
  return {
    name,
    async run(signal, ready) {
      try {
        await worker.run(signal, ready);
      } finally {
        for (const release of releases.splice(0)) release();
      }
    },
  };
}

/** What a namespace that is being deleted takes no more is not missed. */
function tolerant(reconcile: Reconciler): Reconciler {
  return async (key, signal) => {
    try {
      return await reconcile(key, signal);
    } catch (err) {
      if (isNamespaceTerminating(err)) return {};
      throw err;
    }
  };
}

/** The key of the object that controls this one, when that is of the given kind. */
export function controllerKey({ metadata }: Parameters<typeof keyOf>[0], kind: string): string | undefined {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller === true);
  if (owner?.kind !== kind) return undefined;
  const { namespace } = metadata;
  return keyOf({ metadata: { name: owner.name, ...(namespace === undefined ? {} : { namespace }) } });
}
