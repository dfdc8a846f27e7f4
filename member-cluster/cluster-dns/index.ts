export { createClusterDns, type ClusterDns, type ClusterDnsOptions } from './cluster-dns.ts';
export { parseServer } from './kube-dns-config.ts';
