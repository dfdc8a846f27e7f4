import type { Clock, Logger } from '../../../src/component-base/index.ts';
import { DnsProviderError, type DnsProvider } from '../dns-provider.ts';
import { RemoteZone } from '../remote/remote-zone.ts';
import { createPowerDnsApi, type PowerDnsApiOptions } from './powerdns-api.ts';
import { isSecondary, powerDnsZone, type ZoneSummary } from './powerdns-zone.ts';

export interface PowerDnsOptions extends PowerDnsApiOptions {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Zones of a PowerDNS Authoritative Server, through its HTTP API. They must be there: none is made. */
export function createPowerDnsProvider({ clock, log, ...options }: PowerDnsOptions): DnsProvider {
  const api = createPowerDnsApi(options);
  const { origin } = options.url;
  return {
    zone: async (name, signal) => {
      const answer = await api({ method: 'GET', path: `/zones?zone=${encodeURIComponent(`${name}.`)}` }, signal);
      if (answer === undefined)
        throw new DnsProviderError('NoSuchZone', `${origin} is no PowerDNS API with that server`);
      const zone = zoneIn(answer.json, `${name}.`);
      if (zone === undefined) throw new DnsProviderError('NoSuchZone', `PowerDNS at ${origin} has no zone ${name}`);
      if (isSecondary(zone)) {
        const what = `zone ${name} is a secondary at PowerDNS at ${origin}: records are published at its primary`;
        throw new DnsProviderError('NoSuchZone', what);
      }
      return new RemoteZone(powerDnsZone(name, zone, { api, log }), clock);
    },
  };
}

/** The zone by that name; servers before 4.2 tell all zones. */
function zoneIn(zones: unknown, name: string): ZoneSummary | undefined {
  if (!Array.isArray(zones)) throw new DnsProviderError('Unavailable', 'PowerDNS tells no list of zones');
  const found: unknown = zones.find((zone: unknown) => isZone(zone) && zone.name.toLowerCase() === name);
  return isZone(found) ? found : undefined;
}

function isZone(value: unknown): value is ZoneSummary & { readonly name: string } {
  if (typeof value !== 'object' || value === null || !('name' in value && 'id' in value && 'kind' in value))
    return false;
  return [value.name, value.id, value.kind].every((field) => typeof field === 'string');
}
