export {
  buildController,
  type ControllerContext,
  type ControllerDefinition,
  type ControllerSettings,
} from './controller-definition.ts';
export { buildMemberControllers, memberControllers } from './member-controllers.ts';
export { podIndexes } from './pod-index.ts';
export { isActive, isReady, isTerminal } from './pod-status.ts';
export { tolerates, type Toleration } from './node-lifecycle/toleration.ts';
