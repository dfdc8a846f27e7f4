import { keyOf, matchesLabels, parseLabelSelector, type Selector } from '../apimachinery/index.ts';
import type { HorizontalPodAutoscaler, MetricStatus, Pod } from '../apis/index.ts';
import type { Key } from '../controller/index.ts';
import type { Findings } from './findings.ts';
import type { MetricProposal } from './metric-input.ts';
import { proposalFor, type MetricFailure } from './metric-proposal.ts';
import type { MetricsSource } from './metrics-source.ts';
import type { ScaleTarget } from './scale-target.ts';

/** Where the pods of one target are looked at. */
export interface View {
  /** Those that its selector means; no two have the same name. */
  readonly pods: readonly Pod[];
  readonly metrics: MetricsSource;
  /** Tells, once all metrics have been asked for, of what could not be seen. */
  tell?(findings: Findings): void;
}

export interface Selected {
  readonly autoscaler: HorizontalPodAutoscaler;
  readonly target: ScaleTarget;
  readonly selector: Selector;
}

/** Rejects only when the signal aborts. */
export type Look = (selected: Selected, signal: AbortSignal) => Promise<View>;

export interface WantedDeps {
  readonly look: Look;
  /** What other autoscalers select, by their keys. */
  readonly selectors: Map<Key, Selector>;
}

export interface Wanted {
  /** Absent when it cannot be told. */
  readonly replicas?: number;
  /** The metric that asks for the most. */
  readonly metric: string;
  readonly statuses: readonly MetricStatus[];
}

const NOTHING: Wanted = { metric: '', statuses: [] };

export interface Measuring {
  readonly autoscaler: HorizontalPodAutoscaler;
  readonly target: ScaleTarget;
  readonly findings: Findings;
  readonly now: number;
}

/** How many replicas the metrics ask for: the most that any of them does. */
export async function wantedReplicas(deps: WantedDeps, measuring: Measuring, signal: AbortSignal): Promise<Wanted> {
  const { autoscaler, target, findings, now } = measuring;
  const { scale } = target;
  const view = await selected(deps, measuring, signal);
  if (view === undefined) return NOTHING;
  const replicas = scale.spec?.replicas ?? 0;
  const input = { ...view, autoscaler, scale, now };
  const proposals: MetricProposal[] = [];
  const failures: MetricFailure[] = [];
  const statuses: MetricStatus[] = [];
  for (const metric of autoscaler.spec.metrics ?? []) {
    const found = await proposalFor(input, metric, signal);
    if ('status' in found) proposals.push(found);
    else failures.push(found);
    statuses.push('status' in found ? found.status : { type: '' });
  }
  for (const { reason, why } of failures) findings.warn(reason, why);
  view.tell?.(findings);
  return conclude({ proposals, failures, statuses, replicas }, findings);
}

interface Results {
  readonly proposals: readonly MetricProposal[];
  readonly failures: readonly MetricFailure[];
  readonly statuses: readonly MetricStatus[];
  readonly replicas: number;
}

/** What failed might have asked for more: with a failure there are never fewer. */
function conclude({ proposals, failures, statuses, replicas }: Results, findings: Findings): Wanted {
  const most = proposals.reduce<MetricProposal | undefined>(
    (best, each) => (best === undefined || each.replicas > best.replicas ? each : best),
    undefined,
  );
  const [failure] = failures;
  if (failure !== undefined && (most === undefined || most.replicas < replicas)) {
    const message = `the HPA was unable to compute the replica count: ${failure.why}`;
    findings.say('ScalingActive', false, failure.reason, message);
    const all = failures.length + proposals.length;
    const summary = `invalid metrics (${failures.length} invalid out of ${all}), first error is: ${failure.message}`;
    findings.warn('FailedComputeMetricsReplicas', summary);
    return { metric: '', statuses };
  }
  if (most === undefined) return NOTHING;
  const found = `the HPA was able to successfully calculate a replica count from ${most.name}`;
  findings.say('ScalingActive', true, 'ValidMetricFound', found);
  return { replicas: most.replicas, metric: most.name, statuses };
}

async function selected(
  { look, selectors }: WantedDeps,
  { autoscaler, target, findings }: Measuring,
  signal: AbortSignal,
): Promise<View | undefined> {
  const text = target.scale.status?.selector ?? '';
  const refuse = (event: string, reason: string, message: string, told = message) => {
    findings.warn(event, told);
    findings.warn('FailedComputeMetricsReplicas', told);
    findings.say('ScalingActive', false, reason, message);
  };
  if (text === '') {
    const missing = "the HPA target's scale is missing a selector";
    refuse('SelectorRequired', 'InvalidSelector', missing, 'selector is required');
    return undefined;
  }
  const selector = parseLabelSelector(text);
  selectors.set(keyOf(autoscaler), selector);
  const view = await look({ autoscaler, target, selector }, signal);
  const rivals = rivalsOver(view.pods, autoscaler, selectors);
  if (rivals.length <= 1) return view;
  const message = `pods by selector ${text} are controlled by multiple HPAs: [${rivals.join(' ')}]`;
  refuse('AmbiguousSelector', 'AmbiguousSelector', message);
  return undefined;
}

function rivalsOver(
  pods: readonly Pod[],
  { metadata: { namespace = '' } }: HorizontalPodAutoscaler,
  selectors: ReadonlyMap<Key, Selector>,
): readonly Key[] {
  return [...selectors]
    .filter(([key, selector]) => {
      if (!key.startsWith(`${namespace}/`)) return false;
      return pods.some(({ metadata }) => matchesLabels(selector, metadata.labels));
    })
    .map(([key]) => key)
    .sort();
}
