import {
  DnsError,
  forward,
  resolveAt,
  type AnyRecordSet,
  type ComposedReply,
  type DnsAddress,
  type DnsHandler,
  type QueryType,
} from '../../dns/server/index.ts';
import { lookupInCluster } from './cluster-lookup.ts';
import type { InformedView } from './informed-view.ts';

/** Answers from the cluster what is the cluster's, and lets others answer the rest for those who want recursion. */
export function clusterDnsHandler(
  state: Pick<InformedView, 'view' | 'config'>,
  upstreams: readonly DnsAddress[],
): DnsHandler {
  const serversFor = (name: string) => stubServers(state, name) ?? defaultServers(state, upstreams);

  return (query, signal) => {
    const found = lookupInCluster(state.view, query.name, query.type);
    if (found.kind === 'reply') return found.reply;

    const servers = serversFor(found.name);
    const aliased = found.answers.length > 0;
    if (!query.recursionDesired || servers.length === 0) {
      return aliased ? partial(found.answers) : { ...partial([]), rcode: 'REFUSED', authoritative: false };
    }
    return aliased ? followed(found, query.type, servers, signal) : forward(query, servers, signal);
  };
}

type Aliased = { readonly answers: readonly AnyRecordSet[]; readonly name: string };

/** The aliases and what the last of them stands for, so that a client that follows nothing has its address. */
async function followed(
  { answers, name }: Aliased,
  type: QueryType,
  servers: readonly DnsAddress[],
  signal: AbortSignal,
): Promise<ComposedReply> {
  const target = await resolveAt(servers, { name, type }, signal);
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

/** Those of the longest stub domain that the name is in. */
function stubServers({ config }: Pick<InformedView, 'config'>, name: string): readonly DnsAddress[] | undefined {
  for (let at = name; at !== ''; at = at.slice(at.indexOf('.') + 1)) {
    const servers = config.stubDomains.get(at);
    if (servers !== undefined) return servers;
    if (!at.includes('.')) return undefined;
  }
  return undefined;
}

function defaultServers({ config }: Pick<InformedView, 'config'>, upstreams: readonly DnsAddress[]) {
  return config.upstreamNameservers.length > 0 ? config.upstreamNameservers : upstreams;
}
