import type { ZoneOptions } from '../../../dns/provider/index.ts';
import type { FleetProblem } from '../cluster-rules.ts';
import { FleetConfigError } from '../config.ts';
import type { TransfersConfig } from './transfers-config.ts';
import type { DnsZoneConfig, ZonesConfig } from './zones-config.ts';

type ZonesAndUses = ZonesConfig & Pick<TransfersConfig, 'transfers' | 'updates'>;

/** The federation that has the server. */
export interface DnsOwner {
  readonly name: string;
  /** Its zone. */
  readonly domain: string;
}

/** The first that is wrong with the zones, or with what names one of them, if anything is. */
export async function zonesProblem(config: ZonesAndUses, owner: DnsOwner): Promise<FleetProblem | undefined> {
  const { zones = [] } = config;
  const seen = new Set<string>();
  for (const [index, zone] of zones.entries()) {
    const problem = placeProblem(zone.name, owner.domain, seen) ?? (await contentProblem(zone, owner));
    if (problem !== undefined) return { text: problem.text, path: ['zones', index, ...problem.path] };
    seen.add(zone.name);
  }
  return useProblem(config, seen.add(owner.domain));
}

function useProblem(config: ZonesAndUses, known: ReadonlySet<string>): FleetProblem | undefined {
  for (const key of ['transfers', 'updates'] as const) {
    const unknown = config[key]?.findIndex(({ zone }) => zone !== undefined && !known.has(plainName(zone))) ?? -1;
    const zone = config[key]?.[unknown]?.zone;
    if (zone !== undefined) return { path: [key, unknown, 'zone'], text: `${zone} is no zone that this server has` };
  }
  return undefined;
}

const plainName = (name: string) => name.toLowerCase().replace(/\.$/, '');

/** All zones of the server, that of the federation first. Rejects with `FleetConfigError` where something is wrong. */
export async function dnsZones(config: ZonesAndUses, owner: DnsOwner): Promise<readonly ZoneOptions[]> {
  const { zones = [] } = config;
  const { domain } = owner;
  const problem = await zonesProblem(config, owner);
  if (problem !== undefined) throw new FleetConfigError(`dns ${problem.path.join('.')}: ${problem.text}`);
  if (zones.length === 0) return [{ name: domain }];
  const { staticZone } = await import('../../../dns/provider/index.ts');
  const own = zones.find(({ name }) => name === domain) ?? { name: domain };
  return [own, ...zones.filter(({ name }) => name !== domain)].map(staticZone);
}

function placeProblem(name: string, domain: string, seen: ReadonlySet<string>): FleetProblem | undefined {
  if (seen.has(name)) return { path: ['name'], text: `zone ${name} is there twice` };
  if (!name.endsWith(`.${domain}`)) return undefined;
  const why = `is a part of ${domain}, where Services have their names: its records belong to that zone`;
  return { path: ['name'], text: `${name} ${why}` };
}

async function contentProblem(zone: DnsZoneConfig, { name, domain }: DnsOwner): Promise<FleetProblem | undefined> {
  // Heavy, and most fleets have no zones of their own.
  const { staticZone, StaticZoneError } = await import('../../../dns/provider/index.ts');
  const { isFederationName, namingOf } = await import('../../service-dns/index.ts');
  const naming = namingOf(name, domain);
  try {
    const { records = [] } = staticZone(zone);
    const taken = records.find((set) => isFederationName(naming, set.name));
    if (taken === undefined) return undefined;
    return { path: ['records'], text: `${taken.name} is where the federation has names of Services` };
  } catch (err) {
    if (!(err instanceof StaticZoneError)) throw err;
    return { path: err.record === undefined ? [] : ['records', err.record], text: err.message };
  }
}
