export { createKubelet, type Kubelet, type KubeletDeps, type KubeletOptions } from './kubelet.ts';
export type { NodeUsage, PodUsage } from './node-usage.ts';
export type { KubeletNode } from './node-status.ts';
export { containerMeant, type PodLogOptions } from './pod-logs.ts';
export { machineResolver } from './resolv-conf.ts';
export { networkProber, type Prober, type ProbeTarget } from './prober.ts';
