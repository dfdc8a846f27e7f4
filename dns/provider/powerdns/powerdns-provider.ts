import type { Clock } from '../../../src/component-base/index.ts';
import { DnsProviderError, type DnsProvider } from '../dns-provider.ts';
import { RemoteZone } from '../remote/remote-zone.ts';
import { createPowerDnsApi, type PowerDnsApiOptions } from './powerdns-api.ts';
import { powerDnsZone } from './powerdns-zone.ts';

export interface PowerDnsOptions extends PowerDnsApiOptions {
  readonly clock: Clock;
}

/** Zones of a PowerDNS Authoritative Server, through its HTTP API. They must be there: none is made. */
export function createPowerDnsProvider({ clock, ...options }: PowerDnsOptions): DnsProvider {
  const api = createPowerDnsApi(options);
  const { origin } = options.url;
  return {
    zone: async (name, signal) => {
      const answer = await api({ method: 'GET', path: `/zones?zone=${encodeURIComponent(`${name}.`)}` }, signal);
      if (answer === undefined)
        throw new DnsProviderError('NoSuchZone', `${origin} is no PowerDNS API with that server`);
      const id = idIn(answer.json, `${name}.`);
      if (id === undefined) throw new DnsProviderError('NoSuchZone', `PowerDNS at ${origin} has no zone ${name}`);
      return new RemoteZone(powerDnsZone(name, id, api), clock);
    },
  };
}

/** Of the zone by that name; servers before 4.2 tell all zones. */
function idIn(zones: unknown, name: string): string | undefined {
  if (!Array.isArray(zones)) throw new DnsProviderError('Unavailable', 'PowerDNS tells no list of zones');
  const found: unknown = zones.find((zone: unknown) => isZone(zone) && zone.name.toLowerCase() === name);
  return isZone(found) ? found.id : undefined;
}

function isZone(value: unknown): value is { readonly name: string; readonly id: string } {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('id' in value)) return false;
  return typeof value.name === 'string' && typeof value.id === 'string';
}
