import { isWithin, parentOf } from './name.ts';
import type { AnyRecordSet, QueryType } from './record-set.ts';
import type { ZoneSet } from './zone-set.ts';
import type { Zone } from './zone.ts';

export interface LookupResult {
  readonly rcode: 'NOERROR' | 'NXDOMAIN';
  /** False for a referral: the data is another's. */
  readonly authoritative: boolean;
  readonly answers: readonly AnyRecordSet[];
  readonly authority: readonly AnyRecordSet[];
  readonly additional: readonly AnyRecordSet[];
  /** The zone that the name is in. */
  readonly zone: string;
  /**
   * The same answer is right until one of these names changes (`ZoneChange.names`), but for the serial of the SOA that
   * negative answers have.
   */
  readonly dependsOn: readonly string[];
}

type Finding =
  | { readonly kind: 'answer' | 'referral'; readonly set: AnyRecordSet }
  | { readonly kind: 'alias'; readonly set: AnyRecordSet; readonly target: string }
  | { readonly kind: 'nodata' | 'nxdomain' };

/** Longer chains are somebody's mistake; what was gathered is the answer. */
const MAX_CHAIN = 16;

/**
 * The answer of RFC 1034 §4.3.2 from the zones alone, CNAMEs followed as long as their targets are ours, wildcards as
 * in RFC 4592. Undefined when the name is in none of the zones.
 */
export function lookup(zones: ZoneSet, name: string, type: QueryType): LookupResult | undefined {
  const answers: AnyRecordSet[] = [];
  const seen = new Set<string>();
  const dependsOn: string[] = [];
  let owner = name;
  let first: string | undefined;
  while (seen.size < MAX_CHAIN && !seen.has(owner)) {
    seen.add(owner);
    const zone = zoneFor(zones, owner, type);
    if (zone === undefined) break;
    first ??= zone.name;
    const found = find(zone, owner, { type, dependsOn });
    if (found.kind !== 'alias') return { ...conclude(zone, found, { answers, dependsOn }), zone: first };
    answers.push(found.set);
    owner = found.target;
  }
  if (first === undefined) return undefined;
  return { rcode: 'NOERROR', authoritative: true, answers, authority: [], additional: [], dependsOn, zone: first };
}

function zoneFor(zones: ZoneSet, owner: string, type: QueryType): Zone | undefined {
  const zone = zones.find(owner);
  if (type !== DS || zone?.name !== owner) return zone;
  const above = parentOf(owner);
  return (above === undefined ? undefined : zones.find(above)) ?? zone;
}

interface Gathered {
  readonly answers: readonly AnyRecordSet[];
  readonly dependsOn: string[];
}

function conclude(
  zone: Zone,
  found: Exclude<Finding, { kind: 'alias' }>,
  { answers, dependsOn }: Gathered,
): Omit<LookupResult, 'zone'> {
  switch (found.kind) {
    case 'answer':
      return {
        rcode: 'NOERROR',
        authoritative: true,
        answers: [...answers, found.set],
        authority: [],
        additional: addressesOf(zone, found.set, dependsOn),
        dependsOn,
      };
    case 'referral':
      return {
        rcode: 'NOERROR',
        // The first name of a chain is what counts (RFC 1035 §4.1.1).
        authoritative: answers.length > 0,
        answers,
        authority: [found.set],
        additional: addressesOf(zone, found.set, dependsOn),
        dependsOn,
      };
    case 'nodata':
    case 'nxdomain':
      return {
        rcode: found.kind === 'nodata' ? 'NOERROR' : 'NXDOMAIN',
        authoritative: true,
        answers,
        authority: [zone.negativeSoa],
        additional: [],
        dependsOn,
      };
  }
}

interface Search {
  readonly type: QueryType;
  readonly dependsOn: string[];
}

/** What is signed of a delegation belongs to whoever delegates (RFC 4035 §3.1.4.1). */
const DS = 'TYPE43';

function find(zone: Zone, name: string, { type, dependsOn }: Search): Finding {
  dependsOn.push(name);
  const cut = zone.cuts.size === 0 ? undefined : cutAbove(zone, type === DS ? (parentOf(name) ?? '') : name);
  if (cut !== undefined) {
    dependsOn.push(cut.name);
    return { kind: 'referral', set: cut };
  }

  const node = zone.node(name);
  if (node !== undefined) return choose(node.sets, type);

  let encloser = parentOf(name);
  while (encloser !== undefined && zone.node(encloser) === undefined) {
    dependsOn.push(encloser);
    encloser = parentOf(encloser);
  }
  if (encloser === undefined) return { kind: 'nxdomain' };
  const wildcard = zone.node(`*.${encloser}`);
  dependsOn.push(encloser, `*.${encloser}`);
  if (wildcard === undefined) return { kind: 'nxdomain' };
  return choose(
    wildcard.sets.map((set) => ({ ...set, name })),
    type,
  );
}

function choose(sets: readonly AnyRecordSet[], type: QueryType): Finding {
  // One set is answer enough for ANY (RFC 8482 §4.1).
  const set = type === 'ANY' ? sets[0] : sets.find((candidate) => candidate.type === type);
  if (set !== undefined) return { kind: 'answer', set };
  const alias = sets.find((candidate) => candidate.type === 'CNAME');
  const target = alias?.data[0];
  return alias === undefined || target === undefined ? { kind: 'nodata' } : { kind: 'alias', set: alias, target };
}

/** The NS set of the topmost delegation at or above `name`. */
function cutAbove(zone: Zone, name: string): AnyRecordSet | undefined {
  let cut: string | undefined;
  for (let at: string | undefined = name; at !== undefined && at !== zone.name; at = parentOf(at)) {
    if (zone.cuts.has(at)) cut = at;
  }
  return cut === undefined ? undefined : zone.sets(cut).find((set) => set.type === 'NS');
}

/** Which word of the data is the name that clients ask for next. */
const targetAt: Readonly<Partial<Record<AnyRecordSet['type'], number>>> = { NS: 0, MX: 1, SRV: 3, SVCB: 1, HTTPS: 1 };

/** Addresses that whoever got this set will ask for next, where we have them. */
function addressesOf(zone: Zone, set: AnyRecordSet, dependsOn: string[]): AnyRecordSet[] {
  const at = targetAt[set.type];
  if (at === undefined) return [];
  // In service bindings the root stands for the owner (RFC 9460 §2.5).
  const targets = new Set(set.data.map((item) => item.split(' ')[at]).map((word) => (word === '.' ? set.name : word)));
  return [...targets].flatMap((target = '') => {
    if (!isWithin(target, zone.name)) return [];
    dependsOn.push(target);
    return zone.sets(target).filter(({ type }) => type === 'A' || type === 'AAAA');
  });
}
