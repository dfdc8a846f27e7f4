export {
  isRuntimeError,
  type ContainerConfig,
  type ContainerDemand,
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
  type ContainerUsage,
  type ExecCommand,
  type PodSandboxConfig,
  type PodSandboxMetadata,
  type PodSandboxStatus,
  type ResolverConfig,
  type ResourceAmounts,
  type RuntimeErrorCode,
} from './container-runtime.ts';
export { CpuMeter } from './cpu-meter.ts';
export { createNodePower, isNodeDown, type NodePower } from './hollow/node-power.ts';
export { HOLLOW_ANNOTATIONS } from './hollow/hollow-settings.ts';
export { HOLLOW_DRIVER, HollowDisks } from './hollow/hollow-disks.ts';
export { createHollowRuntime, type HollowRuntime, type HollowRuntimeOptions } from './hollow/hollow-runtime.ts';
