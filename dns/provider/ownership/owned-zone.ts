import type { RecordSet } from '../dns-provider.ts';
import { parseClaim, type Claim } from './claim.ts';

/** What is at one name, and who claims what of it. */
interface NameState {
  readonly sets: Map<string, RecordSet>;
  readonly claims: Map<string, Claim>;
}

/** A zone as it is at its provider, by name, with the claims that are in it. */
export class OwnedZone {
  readonly #owner: string;
  readonly #names = new Map<string, NameState>();
  readonly #ours = new Map<string, Set<string>>();

  constructor(owner: string) {
    this.#owner = owner;
  }

  /** What we claim names of. */
  resources(): readonly string[] {
    return [...this.#ours.keys()];
  }

  namesOf(resource: string): readonly string[] {
    return [...(this.#ours.get(resource) ?? [])];
  }

  setsAt(name: string): readonly RecordSet[] {
    return [...(this.#names.get(name)?.sets.values() ?? [])];
  }

  set(name: string, type: string): RecordSet | undefined {
    return this.#names.get(name)?.sets.get(type);
  }

  ourClaim(name: string): Claim | undefined {
    return this.#names.get(name)?.claims.get(this.#owner);
  }

  claimsOfOthers(name: string): readonly Claim[] {
    return [...(this.#names.get(name)?.claims.values() ?? [])].filter(({ owner }) => owner !== this.#owner);
  }

  /** Types that somebody claims, we or another. */
  claimedTypes(name: string): ReadonlySet<string> {
    const claims = [...(this.#names.get(name)?.claims.values() ?? [])];
    return new Set(claims.flatMap(({ parts }) => parts.map(({ type }) => type)));
  }

  put(set: RecordSet): void {
    this.#state(set.name).sets.set(set.type, set);
    const found = parseClaim(set);
    if (found === undefined) return;
    const { name, claim } = found;
    this.#forget(name, claim.owner);
    this.#state(name).claims.set(claim.owner, claim);
    if (claim.owner !== this.#owner) return;
    const names = this.#ours.get(claim.resource) ?? new Set();
    this.#ours.set(claim.resource, names.add(name));
  }

  remove(name: string, type: string): void {
    const set = this.set(name, type);
    if (set === undefined) return;
    this.#names.get(name)?.sets.delete(type);
    const found = parseClaim(set);
    if (found !== undefined) this.#forget(found.name, found.claim.owner);
    this.#tidy(name);
  }

  #forget(name: string, owner: string): void {
    const state = this.#names.get(name);
    const claim = state?.claims.get(owner);
    if (claim === undefined) return;
    state?.claims.delete(owner);
    const names = owner === this.#owner ? this.#ours.get(claim.resource) : undefined;
    if (names?.delete(name) === true && names.size === 0) this.#ours.delete(claim.resource);
    this.#tidy(name);
  }

  #state(name: string): NameState {
    const state = this.#names.get(name) ?? { sets: new Map<string, RecordSet>(), claims: new Map<string, Claim>() };
    this.#names.set(name, state);
    return state;
  }

  #tidy(name: string): void {
    const state = this.#names.get(name);
    if (state?.sets.size === 0 && state.claims.size === 0) this.#names.delete(name);
  }
}
