import type { Pod } from '../../../src/apis/index.ts';
import { isAvailable, isReady } from '../../pods/index.ts';
import { isLeaving, isOf, isPlaced, type Place } from './daemons.ts';

/** What is to be done so that every node has the daemon that it should have. */
export interface Management {
  /** Names of nodes. */
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
  /** Pods that ended and stand in the way of their successors. */
  readonly ended: readonly EndedPod[];
}

export interface EndedPod {
  readonly node: string;
  readonly pod: Pod;
  readonly failed: boolean;
}

export interface Rules {
  /** Of the present template. */
  readonly hash: string;
  /** Whether an old daemon and a new one may be together for a while. */
  readonly surges: boolean;
  readonly minReadySeconds: number;
  readonly now: number;
}

/** A daemon on each node that should have one, none elsewhere, one (or an old and a new one) where there are several. */
export function manage(places: readonly Place[], rules: Rules): Management {
  const create: string[] = [];
  const remove: Pod[] = [];
  const ended: EndedPod[] = [];
  for (const place of places) {
    const { node, fit, pods } = place;
    if (fit === 'leave') {
      remove.push(...pods.filter((pod) => !isLeaving(pod)));
    } else if (fit === 'gone') {
      // Those that were there are everybody's garbage; those on their way would wait for ever.
      remove.push(...pods.filter((pod) => !isLeaving(pod) && !isPlaced(pod)));
    } else if (fit === 'run' && pods.length === 0) {
      create.push(node);
    } else {
      ended.push(...endedOf(place));
      remove.push(...superfluous(pods.filter(isRunning), rules));
    }
  }
  return { create, remove, ended };
}

function endedOf({ node, pods }: Place): readonly EndedPod[] {
  return pods.flatMap((pod) => {
    const phase = pod.status?.phase;
    if (isLeaving(pod) || (phase !== 'Failed' && phase !== 'Succeeded')) return [];
    return [{ node, pod, failed: phase === 'Failed' }];
  });
}

function isRunning(pod: Pod): boolean {
  return !isLeaving(pod) && pod.status?.phase !== 'Failed' && pod.status?.phase !== 'Succeeded';
}

function superfluous(running: readonly Pod[], { hash, surges, minReadySeconds, now }: Rules): readonly Pod[] {
  if (!surges) return running.slice(1);
  const oldestNew = running.find((pod) => isOf(hash, pod));
  const oldestOld = running.find((pod) => !isOf(hash, pod));
  const others = running.filter((pod) => pod !== oldestNew && pod !== oldestOld);
  if (oldestNew === undefined || oldestOld === undefined) return others;
  const replaced = !isReady(oldestOld) || isAvailable(oldestNew, minReadySeconds, now);
  return replaced ? [...others, oldestOld] : others;
}
