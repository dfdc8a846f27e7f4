import { rcodeOf, type Rcode } from '../../packet/index.ts';
import { DnsProviderError, type DnsProvider } from '../dns-provider.ts';
import { RemoteZone } from '../remote/remote-zone.ts';
import { PrimaryServer, type PrimaryServerOptions } from './primary-server.ts';
import { rfc2136Zone } from './rfc2136-zone.ts';

export type Rfc2136Options = PrimaryServerOptions;

/** Zones of a server that takes dynamic updates (RFC 2136) and lets them be listed by transfers (RFC 5936). */
export function createRfc2136Provider(options: Rfc2136Options): DnsProvider {
  const server = new PrimaryServer(options);
  return {
    zone: async (name, signal = new AbortController().signal) => {
      const missing = await whyMissing(server, name, signal).catch(async (err: unknown) => {
        // Knot knows no keys for zones that it does not have.
        const { key: _, ...unsigned } = options;
        const why = isDenied(err) ? await whyMissing(new PrimaryServer(unsigned), name, signal) : undefined;
        if (why === undefined) throw err;
        return why;
      });
      if (missing !== undefined) {
        throw new DnsProviderError('NoSuchZone', `DNS server ${server.name} has no zone ${name} (${missing})`);
      }
      return new RemoteZone(rfc2136Zone(name, server), options.clock);
    },
  };
}

/** What the server answers in place of the zone's SOA; undefined where it answers with that. */
async function whyMissing(server: PrimaryServer, name: string, signal: AbortSignal): Promise<Rcode | undefined> {
  const [answer] = await server.ask([{ name, type: 'SOA' }], signal);
  const isThere = answer?.records.some((record) => record.name === name && record.type === 'SOA') === true;
  return isThere && answer.isAuthoritative ? undefined : rcodeOf(answer?.rcode ?? 0);
}

const isDenied = (err: unknown) => err instanceof DnsProviderError && err.code === 'Denied';
