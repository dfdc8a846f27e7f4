import type { Rcode } from '../../packet/index.ts';
import { DnsProviderError } from '../dns-provider.ts';
import type { PrimaryServer } from './primary-server.ts';

/** What an rcode that ends an update or a transfer means. */
export function refusal(
  { name: server }: PrimaryServer,
  zone: string,
  rcode: Rcode,
  what: 'update' | 'transfer',
): Error {
  const fact = `DNS server ${server} answers ${rcode} to a ${what} of zone ${zone}`;
  switch (rcode) {
    case 'REFUSED':
      return new DnsProviderError('Denied', `${fact}: its configuration does not let us`);
    case 'NOTAUTH':
      return new DnsProviderError('NoSuchZone', `${fact}: it is not a primary of that zone, or does not let us`);
    case 'NOTIMP':
      return new DnsProviderError('Denied', `${fact}: it does no such thing`);
    case 'NOTZONE':
      return new DnsProviderError('OutsideZone', fact);
    case 'FORMERR':
      return new DnsProviderError('Invalid', fact);
    default:
      return new DnsProviderError('Unavailable', fact);
  }
}
