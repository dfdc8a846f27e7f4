export {
  TerminalError,
  type IndexFunction,
  type Informer,
  type InformerEvent,
  type Key,
  type Lister,
  type ReconcileResult,
  type Reconciler,
} from './contract.ts';
export { controller, type ControllerOptions } from './controller.ts';
export { createEventRecorder, type EventRecorder, type EventRecorderDeps } from './event-recorder.ts';
export { createInformer, type InformerDeps, type InformerOptions } from './informer.ts';
export { createInformerSet, type InformerSet } from './informer-set.ts';
export { freshLayers } from './fresh-layers.ts';
export { lazily } from './lazily.ts';
export { leaderElection, type Election, type LeaderElectionOptions } from './leader-election.ts';
export { SharedParts } from './shared-parts.ts';
export { Sweep } from './sweep.ts';
export { TurnShare } from './turn-share.ts';
export { WorkQueue, type IdleOptions, type WorkQueueOptions } from './work-queue.ts';
