import type { Candidate } from '../zone/index.ts';
import { draw } from './client-hash.ts';

/** Candidates of a choice, as indexes, in groups of which each is better than those after it. */
export type Groups = readonly (readonly number[])[];

/** Candidates for an answer: the first ones of which are equally good. */
export interface Selection {
  readonly members: readonly number[];
  readonly equal: number;
}

/**
 * The best group, and those after it until there are enough. A candidate that can take only a part of its clients is
 * passed over for the others of them, for as long as anybody else is left.
 */
export function selectFrom(
  groups: Groups,
  minimum: number,
  takes: (candidate: number) => boolean = () => true,
): Selection {
  const members: number[] = [];
  let equal = 0;
  const passedOver: number[] = [];
  for (const group of groups) {
    for (const candidate of group) (takes(candidate) ? members : passedOver).push(candidate);
    if (equal === 0) equal = members.length;
    if (members.length >= minimum) return { members, equal };
  }
  // Nobody takes this client gladly, and somebody has to.
  if (members.length === 0 && passedOver.length > 0) return selectFrom(groups, minimum);
  return { members: [...members, ...passedOver.slice(0, minimum - members.length)], equal };
}

/** Whether a candidate takes this client: always the same clients, more of them the more it can take. */
export function takesClient({ capacity = 1 }: Candidate, hash: number, client: number): boolean {
  return capacity >= 1 || draw(client, hash) < capacity;
}

/**
 * Candidates in the order in which this client is to be sent to them: first of all as often as the weights say, and when
 * one goes only its clients go elsewhere (weighted rendezvous hashing). Without those of weight 0.
 */
export function orderByWeight(
  weights: readonly number[],
  hashes: readonly number[],
  client: number,
): readonly number[] {
  return weights
    .map((weight, index) => ({ index, weight, score: Math.log(draw(client, hashes[index] ?? 0)) / weight }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ index }) => index);
}
