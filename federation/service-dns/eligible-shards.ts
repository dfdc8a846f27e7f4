import type { Service } from '../../src/apis/index.ts';
import { leastBad, parseShardNotes, takesClients, type ReachableShard } from '../service/index.ts';
import type { DnsPolicy } from './dns-policy.ts';
import type { HealthyShard } from './healthy-shard.ts';

/**
 * The shards that clients may be told of, with what is noted of how much they can take. Those that serve, whoever they
 * are; where none does none, or by policy the least bad.
 */
export function eligibleShards(
  service: Service,
  reachable: readonly ReachableShard[],
  { lastResort }: Pick<DnsPolicy, 'lastResort'>,
): readonly HealthyShard[] {
  const notes = parseShardNotes(service);
  if (reachable.length === 0) return lastResort && takesClients(service) ? leastBad(notes) : [];
  return reachable.map((shard) => {
    const { ready, capacity } = notes.get(shard.cluster) ?? {};
    return {
      ...shard,
      ...(ready === undefined ? {} : { readyEndpoints: ready }),
      ...(capacity === undefined ? {} : { capacity }),
    };
  });
}
