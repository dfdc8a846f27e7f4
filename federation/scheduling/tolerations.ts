import { parseTime } from '../../src/apimachinery/index.ts';
import type { Toleration } from '../../src/apis/index.ts';
import type { ClusterTaint } from '../apis/index.ts';

export interface TaintVerdict {
  /** The first taint that keeps new objects away. */
  readonly barred?: ClusterTaint;
  /** The first that has what is there removed. */
  readonly evicting?: ClusterTaint;
  /** One that is tolerated for so long yet. */
  readonly endsAfterMs?: number;
  /** The cluster had rather not. */
  readonly isAvoided: boolean;
}

/** What a cluster's taints mean for an object, as those of a node do for a pod. */
export function judgeTaints(
  taints: readonly ClusterTaint[],
  tolerations: readonly Toleration[],
  now: number,
): TaintVerdict {
  const judged = taints.map((taint) => ({ taint, leftMs: toleratedForMs(taint, tolerations, now) }));
  const intolerable = (effect: ClusterTaint['effect']) =>
    judged.find(({ taint, leftMs }) => taint.effect === effect && leftMs <= 0)?.taint;
  const evicting = intolerable('NoExecute');
  const barred = intolerable('NoSchedule') ?? evicting;
  const ends = judged.map(({ leftMs }) => leftMs).filter((ms) => ms > 0 && ms < Infinity);
  return {
    ...(barred === undefined ? {} : { barred }),
    ...(evicting === undefined ? {} : { evicting }),
    ...(ends.length === 0 ? {} : { endsAfterMs: Math.min(...ends) }),
    isAvoided: intolerable('PreferNoSchedule') !== undefined,
  };
}

/** `Infinity` for good; with several that apply, the longest counts. */
function toleratedForMs(taint: ClusterTaint, tolerations: readonly Toleration[], now: number): number {
  const left = tolerations
    .filter((toleration) => tolerates(toleration, taint))
    .map(({ tolerationSeconds }) => leftMs(taint, tolerationSeconds, now));
  return Math.max(0, ...left);
}

function leftMs({ effect, timeAdded }: ClusterTaint, seconds: number | undefined, now: number): number {
  if (effect !== 'NoExecute' || seconds === undefined) return Infinity;
  return (parseTime(timeAdded) ?? -Infinity) + seconds * 1_000 - now;
}

function tolerates({ key = '', operator, value = '', effect = '' }: Toleration, taint: ClusterTaint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || value === (taint.value ?? '');
}

/** As it is written on a command line. */
export function formatTaint({ key, value = '', effect }: ClusterTaint): string {
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`;
}
