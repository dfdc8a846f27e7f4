import type { Candidate, Choice } from '../zone/index.ts';
import type { Outcome } from './chooser.ts';
import { hashText } from './client-hash.ts';
import { tiersFrom, type Tier } from './distance.ts';
import type { Place } from './place.ts';
import type { Places } from './places.ts';
import { orderByWeight, selectFrom, takesClient, type Groups, type Selection } from './selection.ts';

/** What is remembered of a choice: its groups for each place, and its outcomes. */
const MAX_PLACES = 64;
const MAX_OUTCOMES = 256;
/** More combinations of places and candidates are not tried out to see whether they differ. */
const MAX_TRIED = 20_000;

interface FromPlace {
  readonly tiers: readonly Tier[];
  /** For clients that nobody passes over. */
  readonly usual: Outcome;
  /** For all of them. */
  readonly isSure: boolean;
}

/** A choice among the places of one moment. */
export class CompiledChoice {
  readonly places: Places;
  /** Whether it matters where a client is. */
  readonly dependsOnPlace: boolean;
  /** Whether it matters anywhere which client it is. */
  readonly #differsByClient: boolean;
  readonly #choice: Choice;
  readonly #candidates: readonly Candidate[];
  readonly #hashes: readonly number[];
  readonly #weights: readonly number[];
  readonly #minimum: number;
  readonly #byPlace = new Map<Place | undefined, FromPlace>();
  readonly #outcomes = new Map<string, Outcome>();

  constructor(choice: Choice, places: Places) {
    const { policy, minimum = 1, candidates } = choice;
    this.#choice = choice;
    this.places = places;
    this.#candidates = candidates;
    this.#hashes = candidates.map(({ name }) => hashText(name));
    this.#weights = weightsOf(candidates);
    this.#minimum = Math.max(1, minimum);
    const isAll = candidates.length <= 1 || (policy !== 'weighted' && this.#minimum >= candidates.length);
    this.#differsByClient = candidates.length > 1 && this.#isByClient();
    this.dependsOnPlace = policy === 'nearest' && !isAll && this.#differsByPlace();
  }

  /** Whether it matters which of the clients of a place asks. */
  dependsOnClient(place: Place | undefined): boolean {
    if (!this.#differsByClient) return false;
    switch (this.#choice.policy) {
      case 'weighted':
        return true;
      case 'failover':
        return !this.#isSure(this.inOrder());
      case 'nearest':
        return !this.#from(place).isSure;
    }
  }

  outcome(place: Place | undefined, client: number): Outcome {
    switch (this.#choice.policy) {
      case 'weighted':
        return this.#weighted(client);
      case 'failover':
        return this.#graded(this.inOrder(), client);
      case 'nearest': {
        const { tiers, usual, isSure } = this.#from(place);
        return isSure ? usual : this.#graded(membersOf(tiers), client);
      }
    }
  }

  /** Candidates by how near they are, for explanations. */
  tiers(place: Place | undefined): readonly Tier[] {
    return this.#from(place).tiers;
  }

  /** Candidates of the same order together. */
  inOrder(): Groups {
    const byOrder = Map.groupBy(this.#candidates.keys(), (index) => this.#candidates[index]?.order ?? 0);
    return [...byOrder].sort(([a], [b]) => a - b).map(([, group]) => group);
  }

  #weighted(client: number): Outcome {
    const ordered = orderByWeight(this.#weights, this.#hashes, client);
    return this.#outcomeOf({ members: ordered.slice(0, this.#minimum), equal: 1 });
  }

  #graded(groups: Groups, client: number): Outcome {
    if (!this.#differsByClient) return this.#outcomeOf(selectFrom(groups, this.#minimum));
    const takes = (index: number) => {
      const candidate = this.#candidates[index];
      return candidate !== undefined && takesClient(candidate, this.#hashes[index] ?? 0, client);
    };
    return this.#outcomeOf(selectFrom(groups, this.#minimum, takes));
  }

  /** All that are needed take all of their clients. */
  #isSure(groups: Groups): boolean {
    const { members } = selectFrom(groups, this.#minimum);
    return members.every((index) => (this.#candidates[index]?.capacity ?? 1) >= 1);
  }

  #from(place: Place | undefined): FromPlace {
    const known = this.#byPlace.get(place);
    if (known !== undefined) return known;
    const tiers = tiersFrom(place, this.#candidates, this.places);
    const usual = this.#outcomeOf(selectFrom(membersOf(tiers), this.#minimum));
    if (this.#byPlace.size >= MAX_PLACES) this.#byPlace.clear();
    const from = { tiers, usual, isSure: this.#isSure(membersOf(tiers)) };
    this.#byPlace.set(place, from);
    return from;
  }

  #outcomeOf({ members, equal }: Selection): Outcome {
    const key = `${equal}:${members.join()}`;
    const known = this.#outcomes.get(key);
    if (known !== undefined) return known;
    const candidates = members.flatMap((index) => this.#candidates[index] ?? []);
    const front = new Set(candidates.slice(0, equal).flatMap(({ data }) => data));
    const data = [...new Set([...front, ...candidates.flatMap((candidate) => candidate.data)])];
    const outcome = { key, data, equal: front.size, candidates };
    if (this.#outcomes.size >= MAX_OUTCOMES) this.#outcomes.clear();
    this.#outcomes.set(key, outcome);
    return outcome;
  }

  #differsByPlace(): boolean {
    const { all } = this.places;
    if (all.length * this.#candidates.length > MAX_TRIED) return true;
    const keyFrom = (place: Place | undefined) => {
      const groups = membersOf(tiersFrom(place, this.#candidates, this.places));
      // Clients that are passed over get to whoever comes next.
      return JSON.stringify(this.#differsByClient ? groups : selectFrom(groups, this.#minimum).members);
    };
    const usual = keyFrom(undefined);
    return all.some((place) => keyFrom(place) !== usual);
  }

  #isByClient(): boolean {
    if (this.#choice.policy === 'weighted') return this.#weights.filter((weight) => weight > 0).length > 1;
    return this.#candidates.some(({ capacity = 1 }) => capacity < 1);
  }
}

/** What can take less than usual gets less. Whoever has no weight is left out as long as anybody has one. */
function weightsOf(candidates: readonly Candidate[]): readonly number[] {
  const weights = candidates.map(({ weight = 1, capacity = 1 }) => weight * capacity);
  return weights.some((weight) => weight > 0) ? weights : candidates.map(() => 1);
}

function membersOf(tiers: readonly Tier[]): Groups {
  return tiers.map(({ members }) => members);
}
