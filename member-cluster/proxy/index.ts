export { createServiceProxy, type ServiceProxyOptions } from './service-proxy.ts';
export type { Backend, ForwardingProblem, ForwardingRule, Protocol, Proxier, ServicePortName } from './proxier.ts';
