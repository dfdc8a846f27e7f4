import type { UpstreamLimits } from '../../../dns/server/index.ts';
import type { DnsConfig } from './dns-config.ts';

/** What federations say changes with the health of shards: it is asked for again as soon as addresses of pods here are. */
const FEDERATION_SECONDS = 5;

/** How long what others say of a name may be kept. */
export function keepLimits(
  { federations, limits }: Pick<DnsConfig, 'federations' | 'limits'>,
  name: string,
): UpstreamLimits {
  const isFederated = [...federations.values()].some((domain) => name === domain || name.endsWith(`.${domain}`));
  if (!isFederated) return limits;
  return {
    ...limits,
    successSeconds: Math.min(limits.successSeconds, FEDERATION_SECONDS),
    denialSeconds: Math.min(limits.denialSeconds, FEDERATION_SECONDS),
  };
}
