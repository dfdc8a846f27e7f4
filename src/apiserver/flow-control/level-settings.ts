import type { PriorityLevelLike } from './contract.ts';
import type { LevelSettings } from './priority-level.ts';

const DEFAULT_SHARES = 30;
const QUEUING = { queues: 64, handSize: 8, queueLengthLimit: 50 };
const REJECT = { queues: 0, handSize: 0, queueLengthLimit: 0 };

/** Divides the server's seats between the levels by their shares; levels that are exempt have no bounds and no part. */
export function levelSettings(
  levels: readonly PriorityLevelLike[],
  totalSeats: number,
): ReadonlyMap<string, LevelSettings> {
  const limited = levels.filter(({ spec }) => spec?.type !== 'Exempt');
  const sum = limited.reduce((total, level) => total + sharesOf(level), 0);
  return new Map(
    limited.map((level) => {
      const seats = sum === 0 ? 0 : Math.ceil((totalSeats * sharesOf(level)) / sum);
      return [level.metadata.name ?? '', settingsOf(level, seats)] as const;
    }),
  );
}

function sharesOf({ spec }: PriorityLevelLike): number {
  return spec?.limited?.nominalConcurrencyShares ?? DEFAULT_SHARES;
}

function settingsOf({ spec }: PriorityLevelLike, seats: number): LevelSettings {
  const { lendablePercent = 0, borrowingLimitPercent, limitResponse } = spec?.limited ?? {};
  const waiting = limitResponse?.type === 'Queue' ? { ...QUEUING, ...limitResponse.queuing } : REJECT;
  return {
    seats,
    lendable: Math.round((seats * lendablePercent) / 100),
    ...(borrowingLimitPercent === undefined ? {} : { borrowable: Math.round((seats * borrowingLimitPercent) / 100) }),
    ...waiting,
  };
}
