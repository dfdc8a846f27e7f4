import {
  DnsError,
  type AnyRecordSet,
  type ComposedReply,
  type DnsAddress,
  type DnsHandler,
  type QueryType,
  type Upstreams,
} from '../../dns/server/index.ts';
import { lookupInCluster } from './cluster-lookup.ts';
import type { InformedView } from './informed-view.ts';
import type { LoopGuard } from './loop-guard.ts';

export interface ClusterDnsParts {
  readonly state: Pick<InformedView, 'view' | 'config'>;
  /** Asked for names that are nobody's, unless the configuration names others. */
  readonly servers: readonly DnsAddress[];
  readonly upstreams: Upstreams;
  readonly loops: Pick<LoopGuard, 'note' | 'without'>;
}

/** Answers from the cluster what is the cluster's, and lets others answer the rest for those who want recursion. */
export function clusterDnsHandler(parts: ClusterDnsParts): DnsHandler {
  const { state, upstreams, loops } = parts;

  return (query, signal) => {
    if (loops.note(query.name)) return refused;
    const found = lookupInCluster(state.view, query.name, query.type);
    if (found.kind === 'reply') return found.reply;

    const configured = serversFor(parts, found.name);
    const aliased = found.answers.length > 0;
    if (!query.recursionDesired || configured.length === 0) return aliased ? partial(found.answers) : refused;
    const servers = loops.without(configured);
    if (servers.length === 0) {
      throw new DnsError('SERVFAIL', `every server for ${found.name} leads back here`, {
        extendedError: 'noReachableAuthority',
      });
    }
    if (!aliased) return upstreams.forward(query, servers, signal);
    return followed(found, query.type, (asked) => upstreams.resolve(servers, { ...asked, edns: noDnssec }, signal));
  };
}

const noDnssec = { dnssecOk: false };

type Aliased = { readonly answers: readonly AnyRecordSet[]; readonly name: string };
type Resolve = (asked: { readonly name: string; readonly type: QueryType }) => ReturnType<Upstreams['resolve']>;

/** The aliases and what the last of them stands for, so that a client that follows nothing has its address. */
async function followed({ answers, name }: Aliased, type: QueryType, resolve: Resolve): Promise<ComposedReply> {
  const target = await resolve({ name, type });
  if (target.rcode !== 'NOERROR' && target.rcode !== 'NXDOMAIN') {
    throw new DnsError('SERVFAIL', `upstream answered ${target.rcode} for ${name}`, {
      extendedError: 'noReachableAuthority',
    });
  }
  return {
    ...partial([...answers, ...target.answers]),
    rcode: target.rcode,
    authority: target.authority.filter((set) => set.type === 'SOA'),
  };
}

const partial = (answers: readonly AnyRecordSet[]): ComposedReply => ({
  rcode: 'NOERROR',
  answers,
  recursionAvailable: true,
});

const refused: ComposedReply = { ...partial([]), rcode: 'REFUSED', authoritative: false };

/** Those of the longest stub domain that the name is in, or those for everything else. */
function serversFor({ state: { config }, servers }: ClusterDnsParts, name: string): readonly DnsAddress[] {
  for (let at = name; at !== ''; at = at.slice(at.indexOf('.') + 1)) {
    const stub = config.stubDomains.get(at);
    if (stub !== undefined) return stub;
    if (!at.includes('.')) break;
  }
  return config.upstreamNameservers.length > 0 ? config.upstreamNameservers : servers;
}
