import { isDeepStrictEqual } from 'node:util';
import { isWithin, nameProblem, parentOf } from './name.ts';
import type { AnyRecordSet, RecordChanges, RecordSet } from './record-set.ts';
import { validRecordSet } from './validate-record-set.ts';
import { ZoneError } from './zone-error.ts';

/** A name of the zone. Without sets it is an empty non-terminal: it exists because names below it do. */
export interface ZoneNode {
  readonly sets: readonly AnyRecordSet[];
  /** How many nodes are directly below. */
  readonly children: number;
}

/** What a zone is, apart from the records published in it. */
export interface ZoneOptions {
  readonly name: string;
  /** At least one; default `ns1.<zone>`. Addresses, where given and in the zone, are published as the zone's own. */
  readonly nameservers?: readonly { readonly name: string; readonly addresses?: readonly string[] }[];
  /** TTL of SOA and NS; default 180. */
  readonly ttlSeconds?: number;
  /** How long resolvers may keep "there is none" (RFC 2308 §5); default 5, because shards come at any moment. */
  readonly negativeTtlSeconds?: number;
}

/** An immutable state of a zone. A change makes another. */
export interface Zone {
  readonly name: string;
  readonly serial: number;
  readonly nodes: ReadonlyMap<string, ZoneNode>;
  /** SOA with the TTL of negative answers: min(SOA TTL, minimum). */
  readonly negativeSoa: AnyRecordSet;
  /** Names with NS below the apex: what is at or under them belongs to others. */
  readonly cuts: ReadonlySet<string>;
  readonly options: ZoneOptions;
}

const noNode: ZoneNode = { sets: [], children: 0 };

/** A zone with nothing published. Throws `ZoneError` on options that make no zone. */
export function createZone(options: ZoneOptions, serial: number): Zone {
  const problem = nameProblem(options.name);
  if (problem !== undefined) throw new ZoneError('Invalid', problem);

  const nodes = new Map<string, ZoneNode>([[options.name, noNode]]);
  for (const set of ownSets(options)) putSet(nodes, options.name, set);
  return seal({ nodes, cuts: new Set(), options }, serial);
}

/** Every record set published in the zone; its own SOA, NS and name server addresses are not among them. */
export function publishedSets(zone: Zone): RecordSet[] {
  const own = new Set(ownSets(zone.options).map(keyOf));
  const published: RecordSet[] = [];
  for (const node of zone.nodes.values()) {
    for (const set of node.sets) if (isPublished(set) && !own.has(keyOf(set))) published.push(set);
  }
  return published;
}

/**
 * The zone after `changes`, all or nothing; the very same zone when they change nothing. The serial grows by one.
 * Throws `ZoneError` on a name outside, on bad data, and on a CNAME beside other data in the resulting state.
 */
export function changeZone(zone: Zone, changes: RecordChanges): Zone {
  const own = new Set(ownSets(zone.options).map(keyOf));
  const nodes = new Map(zone.nodes);
  const touched = new Set<string>();
  for (const key of changes.remove) {
    requireChangeable(zone, own, key);
    if (dropSet(nodes, zone.name, key)) touched.add(key.name);
  }
  for (const change of changes.upsert) {
    const set = validRecordSet(change);
    requireChangeable(zone, own, set);
    if (putSet(nodes, zone.name, set)) touched.add(set.name);
  }
  if (touched.size === 0) return zone;

  const cuts = new Set(zone.cuts);
  for (const name of touched) {
    const sets = nodes.get(name)?.sets ?? [];
    requireLoneCname(name, sets);
    if (name !== zone.name && sets.some((set) => set.type === 'NS')) cuts.add(name);
    else cuts.delete(name);
  }
  return seal({ nodes, cuts, options: zone.options }, nextSerial(zone.serial));
}

/** RFC 1982: one more, around the corner where need be, never zero. */
function nextSerial(serial: number): number {
  return (serial + 1) >>> 0 || 1;
}

const REFRESH_SECONDS = 60;
const RETRY_SECONDS = 30;
const EXPIRE_SECONDS = 604_800;

interface Draft {
  readonly nodes: Map<string, ZoneNode>;
  readonly cuts: ReadonlySet<string>;
  readonly options: ZoneOptions;
}

function seal({ nodes, cuts, options }: Draft, serial: number): Zone {
  const { name } = options;
  const { ttlSeconds = 180, negativeTtlSeconds = 5 } = options;
  const primary = nameserversOf(options)[0]?.name ?? name;
  const times = `${REFRESH_SECONDS} ${RETRY_SECONDS} ${EXPIRE_SECONDS} ${negativeTtlSeconds}`;
  const soa: AnyRecordSet = {
    name,
    type: 'SOA',
    ttlSeconds,
    data: [`${primary} hostmaster.${name} ${serial} ${times}`],
  };
  putSet(nodes, name, soa);
  const negativeSoa = { ...soa, ttlSeconds: Math.min(ttlSeconds, negativeTtlSeconds) };
  return { name, serial, nodes, negativeSoa, cuts, options };
}

function nameserversOf(options: ZoneOptions): NonNullable<ZoneOptions['nameservers']> {
  const { nameservers = [] } = options;
  return nameservers.length > 0 ? nameservers : [{ name: `ns1.${options.name}` }];
}

function ownSets(options: ZoneOptions): RecordSet[] {
  const { name: zone, ttlSeconds = 180 } = options;
  const nameservers = nameserversOf(options);
  const sets: RecordSet[] = [{ name: zone, type: 'NS', ttlSeconds, data: nameservers.map(({ name }) => name) }];
  for (const { name, addresses = [] } of nameservers) {
    if (!isWithin(name, zone)) continue;
    const v4 = addresses.filter((address) => !address.includes(':'));
    const v6 = addresses.filter((address) => address.includes(':'));
    if (v4.length > 0) sets.push({ name, type: 'A', ttlSeconds, data: v4 });
    if (v6.length > 0) sets.push({ name, type: 'AAAA', ttlSeconds, data: v6 });
  }
  return sets.map(validRecordSet);
}

const keyOf = ({ name, type }: Pick<AnyRecordSet, 'name' | 'type'>) => `${type} ${name}`;

const isPublished = (set: AnyRecordSet): set is RecordSet => set.type !== 'SOA';

function requireChangeable(zone: Zone, own: ReadonlySet<string>, key: Pick<AnyRecordSet, 'name' | 'type'>): void {
  if (!isWithin(key.name, zone.name)) {
    throw new ZoneError('OutsideZone', `name ${key.name} is not in zone ${zone.name}`);
  }
  if (own.has(keyOf(key))) {
    throw new ZoneError('Invalid', `${key.name} ${key.type} is the zone's own and comes from its options`);
  }
}

/** RFC 1034 §3.6.2. */
function requireLoneCname(name: string, sets: readonly AnyRecordSet[]): void {
  if (sets.length < 2 || !sets.some((set) => set.type === 'CNAME')) return;
  const others = sets.filter((set) => set.type !== 'CNAME').map((set) => set.type);
  throw new ZoneError('CnameConflict', `name ${name} cannot have a CNAME beside ${others.join(', ')}`);
}

/** False when the same set was there already. */
function putSet(nodes: Map<string, ZoneNode>, apex: string, set: AnyRecordSet): boolean {
  const node = nodes.get(set.name) ?? noNode;
  const before = node.sets.find((other) => other.type === set.type);
  if (isDeepStrictEqual(before, set)) return false;
  if (!nodes.has(set.name)) addToParent(nodes, apex, set.name);
  const others = node.sets.filter((other) => other.type !== set.type);
  nodes.set(set.name, { ...node, sets: [...others, set] });
  return true;
}

function addToParent(nodes: Map<string, ZoneNode>, apex: string, name: string): void {
  const parent = parentOf(name);
  if (parent === undefined || name === apex) return;
  const node = nodes.get(parent);
  nodes.set(parent, { sets: node?.sets ?? [], children: (node?.children ?? 0) + 1 });
  if (node === undefined) addToParent(nodes, apex, parent);
}

/** False when there was no such set. */
function dropSet(nodes: Map<string, ZoneNode>, apex: string, key: Pick<AnyRecordSet, 'name' | 'type'>): boolean {
  const node = nodes.get(key.name);
  const sets = node?.sets.filter((set) => set.type !== key.type);
  if (node === undefined || sets === undefined || sets.length === node.sets.length) return false;
  nodes.set(key.name, { ...node, sets });
  pruneEmpty(nodes, apex, key.name);
  return true;
}

function pruneEmpty(nodes: Map<string, ZoneNode>, apex: string, name: string): void {
  const node = nodes.get(name);
  const parent = parentOf(name);
  if (node === undefined || parent === undefined || name === apex) return;
  if (node.sets.length > 0 || node.children > 0) return;
  nodes.delete(name);
  const above = nodes.get(parent) ?? noNode;
  nodes.set(parent, { ...above, children: above.children - 1 });
  pruneEmpty(nodes, apex, parent);
}
