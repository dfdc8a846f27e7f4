export {
  isRuntimeError,
  type ContainerConfig,
  type ContainerEvent,
  type ContainerExit,
  type ContainerLogEntry,
  type ContainerLogOptions,
  type ContainerMetadata,
  type ContainerMount,
  type ContainerPortConfig,
  type ContainerRuntime,
  type ContainerStatus,
  type ContainerStreams,
  type ExecCommand,
  type PodSandboxConfig,
  type PodSandboxMetadata,
  type PodSandboxStatus,
  type RuntimeErrorCode,
} from './container-runtime.ts';
export { createNodePower, isNodeDown, type NodePower } from './hollow/node-power.ts';
export { HOLLOW_ANNOTATIONS } from './hollow/hollow-settings.ts';
export { createHollowRuntime, type HollowRuntime, type HollowRuntimeOptions } from './hollow/hollow-runtime.ts';
