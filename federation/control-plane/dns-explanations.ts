import { services } from '../../src/apis/index.ts';
import type { ResourceDefinition } from '../../src/apiserver/index.ts';
import type { InformerSet } from '../../src/controller/index.ts';
import { clusters, dnsExplanations, type DnsExplanation } from '../apis/index.ts';
import { explainName, namingOf, usualTtlSeconds, type ExplainDeps } from '../service-dns/index.ts';

export interface DnsExplanationDeps {
  readonly name: string;
  readonly dnsDomain: string;
  readonly ttlSeconds?: number;
  /** First called with the first question. */
  readonly informers: () => InformerSet;
  readonly explainAnswer?: ExplainDeps['answer'];
  readonly recentQueries?: ExplainDeps['recentQueries'];
}

/** DNSExplanations, answered by what the control plane knows at the moment. */
export function answeredExplanations(deps: DnsExplanationDeps): ResourceDefinition<DnsExplanation> {
  const { name, dnsDomain, ttlSeconds = usualTtlSeconds, informers, explainAnswer, recentQueries } = deps;
  return {
    ...dnsExplanations,
    answer: async (asked) => ({
      ...asked,
      status: await explainName(asked.spec ?? {}, {
        naming: namingOf(name, dnsDomain),
        ttlSeconds,
        service: (key) => informers().of(services).lister.get(key),
        clusters: () => informers().of(clusters).lister.list(),
        ...(explainAnswer === undefined ? {} : { answer: explainAnswer }),
        ...(recentQueries === undefined ? {} : { recentQueries }),
      }),
    }),
  };
}
