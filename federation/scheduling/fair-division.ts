import { scatter } from './scatter.ts';

/** What one cluster may have of what is divided. */
export interface Claim {
  readonly name: string;
  readonly weight: number;
  readonly min?: number;
  readonly max?: number;
}

interface Holder {
  readonly claim: Claim;
  readonly hash: number;
  readonly weight: number;
  readonly min: number;
  readonly max: number;
  count: number;
}

/**
 * Divides `total` by the method of Sainte-Laguë, first what each has to have, then by weight, nobody beyond its
 * maximum. The outcome is that of giving one after the other to whoever is owed it most, so that more in all never
 * means less for anybody, and equal weights never differ by more than one. What nobody may have is left over.
 * `key` scatters the remainders of different objects over clusters of equal weight.
 */
export function divideFairly(total: number, claims: readonly Claim[], key: string): ReadonlyMap<string, number> {
  const holders = claims.map((claim) => holderOf(claim, key));
  const minimums = holders.reduce((sum, { min }) => sum + min, 0);
  if (total <= minimums) give(holders, total, { limit: ({ min }) => min, weightOf: ({ weight }) => weight || 1 });
  else {
    for (const holder of holders) holder.count = holder.min;
    give(holders, total - minimums, { limit: ({ max }) => max, weightOf: ({ weight }) => weight });
  }
  return new Map(holders.map(({ claim, count }) => [claim.name, count]));
}

function holderOf(claim: Claim, key: string): Holder {
  const max = claim.max ?? Infinity;
  const min = Math.min(claim.min ?? 0, max);
  return { claim, hash: scatter(claim.name, key), weight: claim.weight, min, max, count: 0 };
}

interface Round {
  readonly limit: (holder: Holder) => number;
  readonly weightOf: (holder: Holder) => number;
}

function give(holders: readonly Holder[], amount: number, round: Round): void {
  const open = holders.filter((holder) => round.weightOf(holder) > 0 && holder.count < round.limit(holder));
  let left = amount - giveAtOnce(open, amount, round);
  while (left > 0) {
    const next = mostOwed(open, round);
    if (next === undefined) return;
    next.count += 1;
    left -= 1;
  }
}

/** One by one would be slow for thousands: gives what everybody gets in any case, however the last ones fall. */
function giveAtOnce(open: readonly Holder[], amount: number, round: Round): number {
  const before = new Map(open.map((holder) => [holder, holder.count]));
  const countAt = (holder: Holder, level: number) =>
    Math.max(before.get(holder) ?? 0, Math.min(round.limit(holder), Math.floor(round.weightOf(holder) * level + 0.5)));
  const givenAt = (level: number) =>
    open.reduce((sum, holder) => sum + countAt(holder, level) - (before.get(holder) ?? 0), 0);
  // A little below, so that the last ones fall by exact comparison and not by the rounding of this level.
  const level = highestLevel(givenAt, amount) * (1 - 1e-9);
  const given = givenAt(level);
  for (const holder of open) holder.count = countAt(holder, level);
  return given;
}

/** At which no more is given than there is. */
function highestLevel(givenAt: (level: number) => number, amount: number): number {
  if (givenAt(Infinity) <= amount) return Infinity;
  let low = 0;
  let high = 1;
  while (givenAt(high) < amount) high *= 2;
  for (let step = 0; step < 64; step++) {
    const level = (low + high) / 2;
    if (givenAt(level) <= amount) low = level;
    else high = level;
  }
  return low;
}

function mostOwed(open: readonly Holder[], round: Round): Holder | undefined {
  let best: Holder | undefined;
  for (const holder of open) {
    if (holder.count >= round.limit(holder)) continue;
    if (best === undefined || compare(holder, best, round) < 0) best = holder;
  }
  return best;
}

/** By weight / (2 * count + 1), in whole numbers; then by weight, and then as the key scatters them. */
function compare(a: Holder, b: Holder, { weightOf }: Round): number {
  const owed = weightOf(b) * (2 * a.count + 1) - weightOf(a) * (2 * b.count + 1);
  return owed || weightOf(b) - weightOf(a) || a.hash - b.hash || (a.claim.name < b.claim.name ? -1 : 1);
}
