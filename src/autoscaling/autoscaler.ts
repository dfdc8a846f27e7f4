import { deepEqual, formatTime, isNotFound, type Selector } from '../apimachinery/index.ts';
import { horizontalPodAutoscalers, type HorizontalPodAutoscaler, type MetricStatus } from '../apis/index.ts';
import type { StoredResources } from '../apiserver/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock } from '../component-base/index.ts';
import type { EventRecorder, Key, Lister, Reconciler } from '../controller/index.ts';
import { Findings } from './findings.ts';
import { recommend } from './recommendation.ts';
import { ScaleHistory } from './scale-history.ts';
import { readScale, writeScale, type ScaleTarget } from './scale-target.ts';
import { wantedReplicas, type Look } from './wanted-replicas.ts';

const PERIOD_MS = 15_000;

export interface AutoscalerDeps {
  /** Those that are to be acted on. */
  readonly autoscalers: Pick<Lister<HorizontalPodAutoscaler>, 'get'>;
  readonly look: Look;
  readonly client: Client;
  readonly resources: StoredResources;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/** Looks every 15 seconds whether what it scales has as many replicas as its metrics ask for. */
export function autoscalerReconciler(deps: AutoscalerDeps): Reconciler {
  const histories = new Map<Key, ScaleHistory>();
  const selectors = new Map<Key, Selector>();
  return async (key, signal) => {
    const autoscaler = deps.autoscalers.get(key);
    if (autoscaler === undefined) {
      histories.delete(key);
      selectors.delete(key);
      return {};
    }
    const now = deps.clock.now();
    const findings = new Findings(autoscaler, deps.events, now);
    const pass: Pass = { ...deps, key, autoscaler, findings, histories, selectors, now };
    const target = await findTarget(pass, signal);
    const result = target === undefined ? {} : await scaleTarget(pass, target, signal);
    await writeStatus(pass, result, signal);
    return { requeueAfterMs: PERIOD_MS };
  };
}

interface Pass extends AutoscalerDeps {
  readonly key: Key;
  readonly autoscaler: HorizontalPodAutoscaler;
  readonly findings: Findings;
  readonly histories: Map<Key, ScaleHistory>;
  readonly selectors: Map<Key, Selector>;
  readonly now: number;
}

/** What of it goes into the status; what is absent stays as it was. */
interface Result {
  readonly current?: number;
  readonly desired?: number;
  readonly isRescaled?: boolean;
  readonly statuses?: readonly MetricStatus[];
}

async function findTarget(pass: Pass, signal: AbortSignal): Promise<ScaleTarget | undefined> {
  const { autoscaler, findings } = pass;
  const { scaleTargetRef } = autoscaler.spec;
  try {
    const target = await readScale(pass, scaleTargetRef, autoscaler.metadata.namespace ?? '', signal);
    const found = "the HPA controller was able to get the target's current scale";
    findings.say('AbleToScale', true, 'SucceededGetScale', found);
    return target;
  } catch (err) {
    signal.throwIfAborted();
    const why = messageOf(err);
    findings.warn('FailedGetScale', why);
    const failed = `the HPA controller was unable to get the target's current scale: ${why}`;
    findings.say('AbleToScale', false, 'FailedGetScale', failed);
    return undefined;
  }
}

interface Decision {
  /** Absent when it cannot be told. */
  readonly desired?: number;
  readonly why: string;
  readonly statuses?: readonly MetricStatus[];
}

async function scaleTarget(pass: Pass, target: ScaleTarget, signal: AbortSignal): Promise<Result> {
  const current = target.scale.spec?.replicas ?? 0;
  if (!pass.histories.has(pass.key)) pass.histories.set(pass.key, new ScaleHistory(current, pass.now));
  const { desired, why, statuses } = await decide(pass, target, signal);
  const seen = { current, ...(statuses === undefined ? {} : { statuses }) };
  if (desired === undefined) return seen;
  if (desired === current) return { ...seen, desired };
  return rescale(pass, { target, desired, why }, seen, signal);
}

async function decide(pass: Pass, target: ScaleTarget, signal: AbortSignal): Promise<Decision> {
  const { autoscaler, findings, histories, now } = pass;
  const { minReplicas: min = 1, maxReplicas: max } = autoscaler.spec;
  const current = target.scale.spec?.replicas ?? 0;
  if (current === 0 && min !== 0) {
    const disabled = 'scaling is disabled since the replica count of the target is zero';
    findings.say('ScalingActive', false, 'ScalingDisabled', disabled);
    return { desired: 0, why: '' };
  }
  if (current > max) return { desired: max, why: 'Current number of replicas above Spec.MaxReplicas' };
  if (current < min) return { desired: min, why: 'Current number of replicas below Spec.MinReplicas' };

  const wanted = await wantedReplicas(pass, { autoscaler, target, findings, now }, signal);
  const { replicas, statuses, metric } = wanted;
  const history = histories.get(pass.key);
  if (replicas === undefined || history === undefined) return { why: '', statuses };
  const { stabilized, limited } = recommend(autoscaler, { current, desired: replicas, min, max }, history, now);
  findings.say('AbleToScale', true, stabilized.reason, stabilized.message);
  findings.say('ScalingLimited', limited.replicas !== stabilized.replicas, limited.reason, limited.message);
  const why = replicas > current ? `${metric} above target` : 'All metrics below target';
  return { desired: limited.replicas, why: replicas === current ? '' : why, statuses };
}

async function rescale(
  { client, findings, autoscaler, histories, key, now }: Pass,
  { target, desired, why }: { readonly target: ScaleTarget; readonly desired: number; readonly why: string },
  seen: Result & { readonly current: number },
  signal: AbortSignal,
): Promise<Result> {
  try {
    await writeScale(client, target, desired, signal);
  } catch (err) {
    signal.throwIfAborted();
    const error = messageOf(err);
    findings.warn('FailedRescale', `New size: ${desired}; reason: ${why}; error: ${error}`);
    const failed = `the HPA controller was unable to update the target scale: ${error}`;
    findings.say('AbleToScale', false, 'FailedUpdateScale', failed);
    return seen;
  }
  const done = `the HPA controller was able to update the target scale to ${desired}`;
  findings.say('AbleToScale', true, 'SucceededRescale', done);
  findings.tell('SuccessfulRescale', `New size: ${desired}; reason: ${why}`);
  if (autoscaler.spec.behavior !== undefined) histories.get(key)?.changed(desired - seen.current, now);
  return { ...seen, desired, isRescaled: true };
}

async function writeStatus(pass: Pass, result: Result, signal: AbortSignal): Promise<void> {
  const { client, autoscaler, findings, now } = pass;
  const { current, desired, isRescaled, statuses } = result;
  const old = autoscaler.status;
  const status: NonNullable<HorizontalPodAutoscaler['status']> = {
    ...old,
    desiredReplicas: desired ?? old?.desiredReplicas ?? 0,
    ...(current === undefined ? {} : { currentReplicas: current }),
    ...(statuses === undefined ? {} : { currentMetrics: statuses }),
    ...(isRescaled === true ? { lastScaleTime: formatTime(now) } : {}),
    conditions: findings.conditions,
  };
  if (deepEqual(status, old)) return;
  try {
    await client.updateStatus(horizontalPodAutoscalers, { ...autoscaler, status }, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

const messageOf = (err: unknown): string => (err instanceof Error ? err.message : String(err));
