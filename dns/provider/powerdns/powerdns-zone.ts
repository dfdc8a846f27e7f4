import { mapConcurrent, type Logger } from '../../../src/component-base/index.ts';
import { DnsProviderError } from '../dns-provider.ts';
import type { JsonAnswer } from '../json-http.ts';
import type { Held } from '../remote/held.ts';
import { plainSet } from '../remote/plain-set.ts';
import type { RemoteZoneApi } from '../remote/remote-zone.ts';
import type { PowerDnsApi } from './powerdns-api.ts';
import { changeBatches, heldRrsets } from './rrsets.ts';

/** More names than these are read with all others in one call. */
const MAX_NAMES = 100;
const CONCURRENCY = 4;

/** As the API lists zones. */
export interface ZoneSummary {
  readonly id: string;
  readonly kind: string;
}

// The first of each is what servers before 4.5 say.
export const isSecondary = ({ kind }: ZoneSummary) => ['slave', 'secondary', 'consumer'].includes(kind.toLowerCase());
const isPrimary = ({ kind }: ZoneSummary) => ['master', 'primary', 'producer'].includes(kind.toLowerCase());

export interface PowerDnsZoneDeps {
  readonly api: PowerDnsApi;
  readonly log: Logger;
}

/** One zone of a PowerDNS. */
export function powerDnsZone(
  name: string,
  zone: ZoneSummary,
  { api, log }: PowerDnsZoneDeps,
): RemoteZoneApi<undefined> {
  const { id } = zone;
  const path = `/zones/${encodeURIComponent(id)}`;
  const call = async (options: Parameters<PowerDnsApi>[0], signal: AbortSignal): Promise<JsonAnswer> => {
    const answer = await api(options, signal);
    if (answer === undefined) throw new DnsProviderError('NoSuchZone', `PowerDNS has no zone ${name} any longer`);
    return answer;
  };
  const readAt = async (query: string, signal: AbortSignal): Promise<Held<undefined>[]> =>
    heldRrsets((await call({ method: 'GET', path: path + query }, signal)).json);

  /** Its secondaries would else be told within a minute. */
  const notify = async (signal: AbortSignal): Promise<void> => {
    try {
      await call({ method: 'PUT', path: `${path}/notify` }, signal);
    } catch (err) {
      signal.throwIfAborted();
      log.warn({ zone: name, err }, 'secondaries are told late of a change');
    }
  };

  return {
    name,
    read: async (names, signal) => {
      if (names === undefined || names.length > MAX_NAMES) return readAt('', signal);
      const readName = (one: string) => readAt(`?rrset_name=${encodeURIComponent(`${one}.`)}`, signal);
      const found = await mapConcurrent(names, CONCURRENCY, readName, signal);
      return found.flatMap((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      });
    },
    write: async (steps, signal) => {
      for (const rrsets of changeBatches(steps)) await call({ method: 'PATCH', path, body: { rrsets } }, signal);
      if (isPrimary(zone)) await notify(signal);
    },
    asPublished: plainSet,
  };
}
