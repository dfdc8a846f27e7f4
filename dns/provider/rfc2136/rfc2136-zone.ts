import { isDeepStrictEqual } from 'node:util';
import { DnsProviderError } from '../dns-provider.ts';
import { ChangedMeanwhile, type Step } from '../remote/held.ts';
import { plainSet } from '../remote/plain-set.ts';
import type { RemoteZoneApi } from '../remote/remote-zone.ts';
import type { PrimaryServer } from './primary-server.ts';
import { refusal } from './refusal.ts';
import { stepUpdates, type StepsUpdate } from './update-steps.ts';
import { zoneReader } from './zone-reader.ts';

/** One zone of a server that takes dynamic updates. */
export function rfc2136Zone(name: string, server: PrimaryServer): RemoteZoneApi<undefined> {
  const read = zoneReader(name, server);

  /** Whether the refusal of a condition is explained by what is there and was not read. */
  const isAsRead = async (steps: readonly Step<undefined>[], signal: AbortSignal): Promise<boolean> => {
    const types = [...new Set(steps.map(({ type }) => type))];
    const held = await read([...new Set(steps.map((step) => step.name))], signal, { types });
    return steps.every(({ name: one, type, before }) => {
      const now = held.find((set) => set.name === one && set.type === type);
      return isDeepStrictEqual(now?.is, before?.is);
    });
  };

  const send = async (update: StepsUpdate, steps: readonly Step<undefined>[], signal: AbortSignal): Promise<void> => {
    const { names, prerequisites, updates } = update;
    const rcode = await server.update({ zone: name, prerequisites, updates }, signal);
    switch (rcode) {
      case 'NOERROR':
        return;
      case 'YXDOMAIN':
      case 'YXRRSET':
      case 'NXRRSET':
      case 'NXDOMAIN': {
        const about = steps.filter((step) => names.includes(step.name));
        if (!(await isAsRead(about, signal))) throw new ChangedMeanwhile(`records have changed (${rcode})`);
        const what = `a CNAME cannot be beside what else is there: ${told(names)}`;
        throw new DnsProviderError('CnameConflict', what);
      }
      case 'REFUSED': {
        // Whoever may update the zone at all was refused for these names, or for what they were to have.
        const bare = await server.update({ zone: name, prerequisites: [], updates: [] }, signal);
        if (bare !== 'NOERROR') throw refusal(server, name, rcode, 'update');
        throw new DnsProviderError('Invalid', `DNS server ${server.name} refuses what was to be at ${told(names)}`);
      }
      default:
        throw refusal(server, name, rcode, 'update');
    }
  };

  return {
    name,
    read,
    write: async (steps, signal) => {
      for (const update of stepUpdates(steps)) await send(update, steps, signal);
    },
    asPublished: plainSet,
  };
}

const told = (names: readonly string[]) =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} or ${names.length - 3} others` : names.join(', ');
