import { findCondition, parseTime } from '../apimachinery/index.ts';
import type { Pod } from '../apis/index.ts';
import { NoProposal } from './no-proposal.ts';
import { isTolerated, type Tolerance } from './tolerance.ts';

/** So long after its start a pod may use CPU that tells nothing of its work. */
const INITIALIZATION_MS = 5 * 60_000;
/** Who became unready so early has never been ready. */
const FIRST_READINESS_MS = 30_000;

/** Thousandths. */
export interface PodUsage {
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly windowMs: number;
}

/** By the names of pods. */
export type PodUsages = ReadonlyMap<string, PodUsage>;

export interface CalculatorInput {
  readonly pods: readonly Pod[];
  readonly usages: PodUsages;
  /** `cpu` counts only of pods that do their work. */
  readonly resource: string;
  readonly replicas: number;
  readonly tolerance: Tolerance;
  readonly now: number;
}

export interface Proposal {
  readonly replicas: number;
  /** Thousandths, of one pod. */
  readonly average: number;
  /** Percent of what the pods ask for. */
  readonly utilization?: number;
}

/** So many replicas that they use `target` percent of what they ask for. `requests`: thousandths, by the names of pods. */
export function replicasForUtilization(
  input: CalculatorInput,
  requests: ReadonlyMap<string, number>,
  target: number,
): Proposal {
  const use = (values: Values): Use => {
    const known = [...values].filter(([name]) => requests.has(name));
    const used = sum(known.map(([, value]) => value));
    const requested = sum(known.map(([name]) => requests.get(name) ?? 0));
    if (requested === 0) throw new NoProposal('no metrics returned matched known pods');
    const utilization = Math.trunc((used * 100) / requested);
    return { ratio: utilization / target, utilization, average: Math.trunc(used / known.length) };
  };
  const full = (name: string) => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, target)) / 100);
  return propose(input, use, full);
}

/** So many replicas that each uses `target` thousandths. */
export function replicasForAverage(input: CalculatorInput, target: number): Proposal {
  const use = (values: Values): Use => {
    const average = Math.trunc(sum([...values.values()]) / values.size);
    return { ratio: average / target, average };
  };
  return propose(input, use, () => target);
}

type Values = ReadonlyMap<string, number>;

interface Use {
  /** Of the target. */
  readonly ratio: number;
  readonly average: number;
  readonly utilization?: number;
}

/**
 * Pods of which nothing is known count as if they spoke against a change: as `full` where there would be fewer, as idle
 * where there would be more. What would turn the change into its opposite changes nothing.
 */
function propose(input: CalculatorInput, use: (values: Values) => Use, full: (name: string) => number): Proposal {
  if (input.pods.length === 0) throw new NoProposal('no pods returned by selector while calculating replica count');
  const groups = groupPods(input);
  if (groups.measured.size === 0) {
    throw new NoProposal('did not receive metrics for targeted pods (pods might be unready)');
  }
  const { ratio, ...found } = use(groups.measured);
  const isHeldBack = groups.unready.length > 0 && ratio > 1;
  if (!isHeldBack && groups.missing.length === 0) {
    const replicas = isTolerated(input.tolerance, ratio) ? input.replicas : Math.ceil(ratio * groups.ready);
    return { replicas, ...found };
  }
  const values = completed(groups, ratio, full);
  return { replicas: checkedReplicas(input, { ratio, again: use(values).ratio, count: values.size }), ...found };
}

function completed({ measured, missing, unready }: Groups, ratio: number, full: (name: string) => number): Values {
  const values = new Map(measured);
  if (ratio !== 1) for (const name of missing) values.set(name, ratio < 1 ? full(name) : 0);
  if (ratio > 1) for (const name of unready) values.set(name, 0);
  return values;
}

interface Second {
  readonly ratio: number;
  /** With those of which nothing is known. */
  readonly again: number;
  readonly count: number;
}

function checkedReplicas(input: CalculatorInput, { ratio, again, count }: Second): number {
  const { replicas } = input;
  const hasTurned = (ratio < 1 && again > 1) || (ratio > 1 && again < 1);
  if (hasTurned || isTolerated(input.tolerance, again)) return replicas;
  const next = Math.ceil(again * count);
  return again < 1 ? Math.min(next, replicas) : Math.max(next, replicas);
}

interface Groups {
  readonly measured: ReadonlyMap<string, number>;
  readonly ready: number;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
}

function groupPods(input: CalculatorInput): Groups {
  const measured = new Map([...input.usages].map(([name, { value }]) => [name, value]));
  const unready: string[] = [];
  const missing: string[] = [];
  let ready = 0;
  for (const pod of input.pods) {
    const { name = '' } = pod.metadata;
    const usage = input.usages.get(name);
    const { phase } = pod.status ?? {};
    if (pod.metadata.deletionTimestamp !== undefined || phase === 'Failed') measured.delete(name);
    else if (
      phase === 'Pending' ||
      (usage !== undefined && input.resource === 'cpu' && isUnready(pod, usage, input.now))
    ) {
      unready.push(name);
      measured.delete(name);
    } else if (usage === undefined) missing.push(name);
    else ready += 1;
  }
  return { measured, ready, unready, missing };
}

/** What it uses tells nothing of its work. */
function isUnready(pod: Pod, usage: PodUsage, now: number): boolean {
  const startedAt = parseTime(pod.status?.startTime);
  const ready = findCondition(pod.status?.conditions, 'Ready');
  if (ready === undefined || startedAt === undefined) return true;
  const since = parseTime(ready.lastTransitionTime) ?? 0;
  const isNot = ready.status === 'False';
  if (startedAt + INITIALIZATION_MS > now) return isNot || usage.at < since + usage.windowMs;
  return isNot && startedAt + FIRST_READINESS_MS > since;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
