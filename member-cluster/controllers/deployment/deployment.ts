import { isAlreadyExists, isNotFound, labelSelectorOf } from '../../../src/apimachinery/index.ts';
import {
  deployments as deploymentResource,
  replicaSets as replicaSetResource,
  type Deployment,
  type Pod,
  type ReplicaSet,
} from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { EventRecorder, Lister, Reconciler } from '../../../src/controller/index.ts';
import { adopt, objectKey, release } from '../adoption.ts';
import { claim, nameOf, uidOf } from '../ownership.ts';
import { isTerminal } from '../../pods/index.ts';
import { REVISION, sizeAnnotations } from './annotations.ts';
import { conditionOf, type ConditionState } from './conditions.ts';
import { obsolete } from './history.ts';
import { isSaturated, isScaled, scaleStep } from './proportional-scaling.ts';
import { rolloutLimits } from './replica-limits.ts';
import { generationsOf, newReplicaSet, refreshed } from './replica-set-of.ts';
import { recreateStep, rollingStep } from './rolling-update.ts';
import { replicasOf, type Generations, type Scale } from './scales.ts';
import { deadlineMs, withStatus, type Findings } from './status.ts';
import { sameTemplate } from './pod-template.ts';

export interface DeploymentDeps {
  readonly deployments: Lister<Deployment>;
  readonly replicaSets: Lister<ReplicaSet>;
  /** With `podIndexes`. */
  readonly pods: Lister<Pod>;
  readonly client: Client;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/** Brings a Deployment's ReplicaSets one step nearer to its template and size; their changes bring the next step. */
export function deploymentReconciler(deps: DeploymentDeps): Reconciler {
  return async (key, signal) => {
    const deployment = deps.deployments.get(key);
    if (deployment === undefined) return {};

    const replicaSets = await claimReplicaSets(deps, deployment, signal);
    const generations = generationsOf(deployment, replicaSets);
    const leaving = deployment.metadata.deletionTimestamp !== undefined;
    const outcome = leaving ? { generations } : await step(deps, deployment, generations, signal);

    const now = deps.clock.now();
    const next = withStatus(outcome.deployment ?? deployment, outcome.generations, outcome.findings ?? {}, now);
    if (next !== (outcome.deployment ?? deployment))
      await deps.client.updateStatus(deploymentResource, next, { signal });

    const requeueAfterMs = deadlineMs(next, now);
    return requeueAfterMs === undefined ? {} : { requeueAfterMs };
  };
}

interface Outcome {
  /** As it is after a write of this step. */
  readonly deployment?: Deployment;
  readonly generations: Generations;
  readonly findings?: Findings;
}

async function claimReplicaSets(
  deps: DeploymentDeps,
  deployment: Deployment,
  signal: AbortSignal,
): Promise<readonly ReplicaSet[]> {
  const candidates = deps.replicaSets.list(deployment.metadata.namespace);
  const { owned, orphans, strays } = claim(deployment, candidates, labelSelectorOf(deployment.spec?.selector));
  const owner = { resource: deploymentResource, object: deployment };
  const adopted = await adopt(deps.client, owner, { resource: replicaSetResource, objects: orphans }, signal);
  await release(deps.client, owner, { resource: replicaSetResource, objects: strays }, signal);
  return [...owned, ...adopted];
}

async function step(
  deps: DeploymentDeps,
  deployment: Deployment,
  generations: Generations,
  signal: AbortSignal,
): Promise<Outcome> {
  const limits = rolloutLimits(deployment);
  const rolling = deployment.spec?.strategy?.type !== 'Recreate';
  if (deployment.spec?.paused === true) {
    await deleteObsolete(deps, deployment, generations);
    return resized(deps, deployment, generations, scaleStep(limits, generations, rolling));
  }
  if (rolling && isScaled(limits, generations)) {
    return resized(deps, deployment, generations, scaleStep(limits, generations, rolling));
  }
  if (!rolling && isBlockedByOld(deps, generations)) {
    return resized(deps, deployment, generations, recreateStep(generations));
  }
  const outcome = await ensureCurrent(deps, deployment, generations, signal);
  const scales = rolling ? rollingStep(limits, outcome.generations) : growStep(limits.replicas, outcome.generations);
  const scaled = await apply(deps, deployment, outcome.generations, scales);
  const { current } = scaled;
  if (current !== undefined && isSaturated(limits, current)) await deleteObsolete(deps, deployment, scaled);
  return { ...outcome, generations: scaled };
}

async function resized(
  deps: DeploymentDeps,
  deployment: Deployment,
  generations: Generations,
  scales: readonly Scale[],
): Promise<Outcome> {
  return { generations: await apply(deps, deployment, generations, scales), findings: pauseFindings(deployment) };
}

/** Recreate: old ReplicaSets still have size, or pods that have not ended. */
function isBlockedByOld({ pods }: DeploymentDeps, { old }: Generations): boolean {
  return old.some(
    (replicaSet) =>
      replicasOf(replicaSet) > 0 || pods.byIndex('controller', uidOf(replicaSet)).some((pod) => !isTerminal(pod)),
  );
}

function growStep(replicas: number, { current }: Generations): readonly Scale[] {
  return current === undefined ? [] : [{ replicaSet: current, replicas }];
}

/** The ReplicaSet of the present template exists, is annotated, and the Deployment carries its revision. */
async function ensureCurrent(
  deps: DeploymentDeps,
  deployment: Deployment,
  generations: Generations,
  signal: AbortSignal,
): Promise<Outcome> {
  const { current, old } = generations;
  if (current === undefined) return createCurrent(deps, deployment, old, signal);
  const wanted = refreshed(deployment, current, old);
  const next = wanted === current ? current : await deps.client.update(replicaSetResource, wanted, { signal });
  const annotated = await withRevision(deps, deployment, next, signal);
  return {
    deployment: annotated,
    generations: { current: next, old },
    findings: { ...foundFindings(deployment, next), ...pauseFindings(deployment) },
  };
}

async function createCurrent(
  deps: DeploymentDeps,
  deployment: Deployment,
  old: readonly ReplicaSet[],
  signal: AbortSignal,
): Promise<Outcome> {
  const wanted = newReplicaSet(deployment, old);
  let current: ReplicaSet;
  try {
    current = await deps.client.create(replicaSetResource, wanted, { signal });
    const to = replicasOf(current);
    if (to > 0) scaledEvent(deps, deployment, current, { from: 0, to });
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
    const standing = await deps.client.get(replicaSetResource, objectKey({ ...wanted, apiVersion: '', kind: '' }), {
      signal,
    });
    const own = standing.metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid) === true;
    // Two templates with one hash: counting the collision gives the next attempt another name.
    if (!own || !sameTemplate(standing.spec?.template, deployment.spec?.template)) {
      return { generations: { old }, findings: { collisionCount: (deployment.status?.collisionCount ?? 0) + 1 } };
    }
    current = standing;
  }
  const message = `Created new replica set "${nameOf(current)}"`;
  return {
    deployment: await withRevision(deps, deployment, current, signal),
    generations: { current, old },
    findings: { news: { type: 'Progressing', status: 'True', reason: 'NewReplicaSetCreated', message } },
  };
}

async function withRevision(
  { client }: DeploymentDeps,
  deployment: Deployment,
  current: ReplicaSet,
  signal: AbortSignal,
): Promise<Deployment> {
  const revision = current.metadata.annotations?.[REVISION];
  if (revision === undefined || deployment.metadata.annotations?.[REVISION] === revision) return deployment;
  const patch = { metadata: { annotations: { [REVISION]: revision } } };
  return client.patch(deploymentResource, objectKey(deployment), { type: 'merge', patch }, { signal });
}

/** Carries out the changes of size and returns the ReplicaSets as they are then. */
async function apply(
  deps: DeploymentDeps,
  deployment: Deployment,
  { current, old }: Generations,
  scales: readonly Scale[],
): Promise<Generations> {
  const changed = new Map<ReplicaSet, ReplicaSet>();
  const sizes = sizeAnnotations(rolloutLimits(deployment));
  for (const { replicaSet, replicas } of scales) {
    const from = replicasOf(replicaSet);
    const annotated = Object.entries(sizes).every(([name, value]) => replicaSet.metadata.annotations?.[name] === value);
    if (from === replicas && annotated) continue;
    const annotations = { ...replicaSet.metadata.annotations, ...sizes };
    const next = {
      ...replicaSet,
      metadata: { ...replicaSet.metadata, annotations },
      ...(replicaSet.spec === undefined ? {} : { spec: { ...replicaSet.spec, replicas } }),
    };
    changed.set(replicaSet, await deps.client.update(replicaSetResource, next));
    if (from !== replicas) scaledEvent(deps, deployment, replicaSet, { from, to: replicas });
  }
  const latest = (replicaSet: ReplicaSet) => changed.get(replicaSet) ?? replicaSet;
  return { ...(current === undefined ? {} : { current: latest(current) }), old: old.map(latest) };
}

async function deleteObsolete(deps: DeploymentDeps, deployment: Deployment, { old }: Generations): Promise<void> {
  for (const replicaSet of obsolete(old, deployment.spec?.revisionHistoryLimit)) {
    try {
      await deps.client.delete(replicaSetResource, objectKey(replicaSet), { propagationPolicy: 'Background' });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }
}

function scaledEvent(
  { events }: DeploymentDeps,
  deployment: Deployment,
  replicaSet: ReplicaSet,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const direction = to > from ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${nameOf(replicaSet)} from ${from} to ${to}`;
  events.event(deployment, 'Normal', 'ScalingReplicaSet', message);
}

/** Time during a pause must not count towards the progress deadline: `Unknown` stops it, resuming starts it anew. */
function pauseFindings({ spec, status }: Deployment): Findings {
  const reason = conditionOf(status?.conditions ?? [], 'Progressing')?.reason;
  if (spec?.progressDeadlineSeconds === undefined || reason === 'ProgressDeadlineExceeded') return {};
  if (spec.paused === true && reason !== 'DeploymentPaused')
    return progressing('DeploymentPaused', 'Deployment is paused');
  if (spec.paused !== true && reason === 'DeploymentPaused')
    return progressing('DeploymentResumed', 'Deployment is resumed');
  return {};
}

function foundFindings({ status }: Deployment, current: ReplicaSet): Findings {
  if (conditionOf(status?.conditions ?? [], 'Progressing') !== undefined) return {};
  return progressing('FoundNewReplicaSet', `Found new replica set "${nameOf(current)}"`, 'True');
}

function progressing(reason: string, message: string, status: ConditionState['status'] = 'Unknown'): Findings {
  return { news: { type: 'Progressing', status, reason, message } };
}
