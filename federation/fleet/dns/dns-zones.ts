import type { ZoneOptions } from '../../../dns/provider/index.ts';
import type { FleetProblem } from '../cluster-rules.ts';
import { FleetConfigError } from '../config.ts';
import type { DnsZoneConfig, ZonesConfig } from './zones-config.ts';

/** The federation that has the server. */
export interface DnsOwner {
  readonly name: string;
  /** Its zone. */
  readonly domain: string;
}

/** The first that is wrong with the zones, if anything is. */
export async function zonesProblem({ zones = [] }: ZonesConfig, owner: DnsOwner): Promise<FleetProblem | undefined> {
  const seen = new Set<string>();
  for (const [index, zone] of zones.entries()) {
    const problem = placeProblem(zone.name, owner.domain, seen) ?? (await contentProblem(zone, owner));
    if (problem !== undefined) return { text: problem.text, path: ['zones', index, ...problem.path] };
    seen.add(zone.name);
  }
  return undefined;
}

/** All zones of the server, that of the federation first. Rejects with `FleetConfigError` where something is wrong. */
export async function dnsZones(config: ZonesConfig, owner: DnsOwner): Promise<readonly ZoneOptions[]> {
  const { zones = [] } = config;
  const { domain } = owner;
  if (zones.length === 0) return [{ name: domain }];
  const problem = await zonesProblem(config, owner);
  if (problem !== undefined) throw new FleetConfigError(`dns ${problem.path.join('.')}: ${problem.text}`);
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
