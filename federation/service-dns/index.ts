export type { ResolveHostName } from './host-names.ts';
export { ServiceDnsController } from './service-dns-controller.ts';
