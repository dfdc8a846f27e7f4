import type { RecordChanges, RecordSet } from '../dns-provider.ts';
import { ChangePhases } from './change-phases.ts';
import { claimName, claimSet, type Claim, type ClaimedPart } from './claim.ts';
import { OwnedZone } from './owned-zone.ts';
import { canonicalSet, publishedSet } from './published-set.ts';
import { agreedSets } from './shared-name.ts';
import type { AsPublished, NameConflict, OwnedChanges, ZoneOwnership } from './zone-ownership.ts';

/**
 * Ownership by TXT records, as external-dns keeps it, for zones that others publish in too: what nobody claims is somebody
 * else's and is never touched (`docs/decisions/0038-whose-records.md`).
 */
export class ClaimedNames implements ZoneOwnership {
  readonly #owner: string;
  readonly #asPublished: AsPublished;
  readonly #zone: OwnedZone;

  constructor(owner: string, asPublished: AsPublished) {
    this.#owner = owner;
    this.#asPublished = asPublished;
    this.#zone = new OwnedZone(owner);
  }

  take(sets: readonly RecordSet[]): void {
    for (const set of sets) this.#zone.put(set);
  }

  resources(): readonly string[] {
    return this.#zone.resources();
  }

  of(resource: string): readonly RecordSet[] {
    return this.#zone.namesOf(resource).flatMap((name) => {
      const claimed = new Set(this.#zone.ourClaim(name)?.parts.map(({ type }) => type));
      return this.#zone.setsAt(name).filter(({ type }) => claimed.has(type));
    });
  }

  plan(resource: string, desired: readonly RecordSet[]): OwnedChanges {
    const conflicts: NameConflict[] = [];
    const phases = new ChangePhases();
    let isShared = false;
    for (const [name, sets] of this.#wishes(resource, desired)) {
      const reason = this.#conflict(resource, name, sets);
      if (reason !== undefined) conflicts.push({ name, reason });
      // What we had there would lead to where nobody should go any longer.
      const possible = reason === undefined ? sets : [];
      if (this.#planName(resource, name, possible, phases)) isShared = true;
    }
    return { phases: phases.list(), conflicts, isShared: isShared && !phases.isEmpty };
  }

  note({ upsert, remove }: RecordChanges): void {
    for (const { name, type } of remove) this.#zone.remove(name, type);
    for (const set of upsert) this.#zone.put(set);
  }

  /** By name; nothing where what we had is to go. */
  #wishes(resource: string, desired: readonly RecordSet[]): ReadonlyMap<string, readonly RecordSet[]> {
    const wishes = new Map<string, RecordSet[]>(this.#zone.namesOf(resource).map((name) => [name, []]));
    for (const set of desired) {
      const sets = wishes.get(set.name) ?? [];
      wishes.set(set.name, sets);
      sets.push(canonicalSet(set));
    }
    return wishes;
  }

  #conflict(resource: string, name: string, sets: readonly RecordSet[]): string | undefined {
    const mine = this.#zone.ourClaim(name);
    if (mine !== undefined && mine.resource !== resource) return `it is of ${mine.resource}`;
    const claimed = this.#zone.claimedTypes(name);
    const wanted = new Set<string>(sets.map(({ type }) => type));
    const inTheWay = this.#zone
      .setsAt(name)
      .filter(({ type }) => !claimed.has(type) && (type === 'CNAME' || wanted.has('CNAME') || wanted.has(type)));
    if (wanted.size === 0 || inTheWay.length === 0) return undefined;
    return `it has records of type ${inTheWay.map(({ type }) => type).join(' and ')} that are somebody else's`;
  }

  /** Returns whether others have a part of the name. */
  #planName(resource: string, name: string, sets: readonly RecordSet[], all: ChangePhases): boolean {
    const claim = this.#zone.ourClaim(name);
    if (claim === undefined ? sets.length === 0 : claim.resource !== resource) return false;
    const others = this.#zone.claimsOfOthers(name);
    const phases = new ChangePhases();
    this.#planRecords(name, sets, others, phases);
    this.#planClaim(resource, name, sets, phases);
    // What is ours to take away, and theirs to bring back, follows from what all of us claim.
    for (const { owner } of others) phases.assume(this.#zone.set(claimName(owner, name), 'TXT'));
    all.addAll(phases);
    return others.length > 0;
  }

  #planRecords(name: string, sets: readonly RecordSet[], others: readonly Claim[], phases: ChangePhases): void {
    const agreed = agreedSets({ owner: this.#owner, name, sets, others });
    const after = new Map<string, RecordSet>(agreed.map((set) => [set.type, this.#asPublished(set)]));
    const mine = this.#zone.ourClaim(name)?.parts ?? [];
    // An alias gives way to addresses, whoever of the owners has it.
    const givesWay = (after.has('A') || after.has('AAAA')) && this.#zone.claimedTypes(name).has('CNAME');
    const touched = new Set([...typesOf(mine), ...typesOf(sets), ...(givesWay ? ['CNAME'] : [])]);
    for (const type of touched) {
      const isTheirs = isClaimed(type, others) && !(type === 'CNAME' && givesWay);
      if (isTheirs && !after.has(type)) continue;
      phases.addWhereOther('records', this.#zone.set(name, type), after.get(type));
    }
  }

  /** What is claimed anew is so before it is there, and what is given up only afterwards. */
  #planClaim(resource: string, name: string, sets: readonly RecordSet[], phases: ChangePhases): void {
    const before = this.#zone.set(claimName(this.#owner, name), 'TXT');
    const old = this.#zone.ourClaim(name)?.parts ?? [];
    const parts = sets.map(({ type, ttlSeconds, data }) => ({ type, ttlSeconds, data }));
    const given = old.filter(({ type }) => parts.every((part) => part.type !== type));
    const isGrowing = parts.some(({ type }) => old.every((part) => part.type !== type));
    const next = this.#claim(resource, name, parts);
    if (!isGrowing) {
      phases.addWhereOther(given.length > 0 ? 'release' : 'records', before, next);
      return;
    }
    const wider = this.#claim(resource, name, [...given, ...parts]);
    phases.addWhereOther('claim', before, wider);
    if (given.length > 0) phases.addWhereOther('release', wider, next);
  }

  #claim(resource: string, name: string, parts: readonly ClaimedPart[]): RecordSet | undefined {
    if (parts.length === 0) return undefined;
    return publishedSet(claimSet(name, { owner: this.#owner, resource, parts }), this.#asPublished);
  }
}

function isClaimed(type: string, claims: readonly Claim[]): boolean {
  return claims.some(({ parts }) => parts.some((part) => part.type === type));
}

const typesOf = (sets: readonly { readonly type: string }[]) => sets.map(({ type }) => type);
