export { createClusterDns, type ClusterDns, type ClusterDnsOptions } from './cluster-dns.ts';
