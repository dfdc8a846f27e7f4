import type { Pod } from '../../src/apis/index.ts';
import type { ResolverConfig } from '../runtime/index.ts';

/** Where the names of the cluster are found. */
export interface ClusterDns {
  readonly address: string;
  readonly domain: string;
}

export interface NodeDns {
  /** Pods that ask for it go without when absent. */
  readonly cluster?: ClusterDns | undefined;
  /** As on the node itself: its resolv.conf. */
  readonly own?: ResolverConfig | undefined;
}

export interface PodDns {
  readonly config: ResolverConfig;
  /** Sentences on what of it had to be left out. */
  readonly problems: readonly string[];
}

/** resolv.conf(5) knows no more servers; the kubelet gives no more, nor longer, searches. */
const MAX_SERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_TEXT = 2048;
const CLUSTER_OPTIONS = ['ndots:5'];

/** How names are looked up in a pod: by its `dnsPolicy`, and then what its `dnsConfig` adds. */
export function podDns({ metadata, spec }: Pod, { cluster, own = nothing }: NodeDns): PodDns {
  const { dnsPolicy = 'ClusterFirst', hostNetwork = false, dnsConfig = {} } = spec ?? {};
  const problems: string[] = [];
  const base = baseOf();
  const options = (dnsConfig.options ?? []).map(({ name = '', value }) =>
    value === undefined || value === '' ? name : `${name}:${value}`,
  );
  const added = new Set(options.map(optionName));
  const config = {
    servers: [...new Set([...base.servers, ...(dnsConfig.nameservers ?? [])])],
    searches: [...new Set([...base.searches, ...(dnsConfig.searches ?? [])])],
    options: [...base.options.filter((option) => !added.has(optionName(option))), ...options],
  };
  const servers = config.servers.slice(0, MAX_SERVERS);
  if (servers.length < config.servers.length) {
    problems.push(`more than ${MAX_SERVERS} name servers, those left are: ${servers.join(' ')}`);
  }
  const searches = shortened(config.searches);
  if (searches.length < config.searches.length) {
    problems.push(`search lines are too many or too long, those left are: ${searches.join(' ')}`);
  }
  return { config: { servers, searches, options: config.options }, problems };

  function baseOf(): ResolverConfig {
    if (dnsPolicy === 'None') return nothing;
    // On the node's network only those use the cluster's DNS that ask for it in so many words.
    const wantsCluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork);
    if (!wantsCluster) return own;
    if (cluster === undefined) {
      problems.push(`there is no DNS of a cluster here for policy ${dnsPolicy}: it is looked up as on the node`);
      return own;
    }
    const { address, domain } = cluster;
    const searches = [`${metadata.namespace ?? ''}.svc.${domain}`, `svc.${domain}`, domain];
    return { servers: [address], searches: [...searches, ...own.searches], options: CLUSTER_OPTIONS };
  }
}

/** What is to be told of it. */
export function dnsProblems(pod: Pod, node: NodeDns | undefined): readonly string[] {
  return node === undefined ? [] : podDns(pod, node).problems;
}

const nothing: ResolverConfig = { servers: [], searches: [], options: [] };

const optionName = (option: string) => option.replace(/:.*/, '');

function shortened(searches: readonly string[]): readonly string[] {
  const kept = searches.slice(0, MAX_SEARCHES);
  while (kept.join(' ').length > MAX_SEARCH_TEXT) kept.pop();
  return kept;
}
