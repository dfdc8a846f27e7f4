import { controllerReferenceTo, podTemplateHash } from '../../../src/apimachinery/index.ts';
import type { Deployment, ReplicaSet } from '../../../src/apis/index.ts';
import type { NewObject } from '../../../src/client/index.ts';
import { nameOf } from '../ownership.ts';
import { currentAnnotations, revisionOf } from './annotations.ts';
import { rolloutLimits } from './replica-limits.ts';
import { nextCurrentReplicas } from './rolling-update.ts';
import { byAge, replicasOf, total, type Generations } from './scales.ts';
import { HASH_LABEL, sameTemplate } from './pod-template.ts';

/** Tells the ReplicaSet of the present template from the others. Should several have it, the oldest is the one. */
export function generationsOf({ spec }: Deployment, replicaSets: readonly ReplicaSet[]): Generations {
  const current = replicaSets.toSorted(byAge).find((each) => sameTemplate(each.spec?.template, spec?.template));
  const old = replicaSets.filter((each) => each !== current);
  return current === undefined ? { old } : { current, old };
}

/** A ReplicaSet for the present template, as large as the strategy lets it begin. */
export function newReplicaSet(deployment: Deployment, old: readonly ReplicaSet[]): NewObject<ReplicaSet> {
  const { metadata, spec, status } = deployment;
  if (spec === undefined) throw new TypeError('a Deployment has a spec');
  const { selector, template, minReadySeconds } = spec;
  const limits = rolloutLimits(deployment);
  const hash = podTemplateHash(template, status?.collisionCount);
  const rolling = spec.strategy?.type !== 'Recreate';
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return {
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      labels,
      annotations: currentAnnotations(deployment, limits, {}, newestRevision(old)),
      ownerReferences: [controllerReferenceTo(deployment)],
    },
    spec: {
      replicas: rolling ? nextCurrentReplicas(limits, total(old, replicasOf), 0) : limits.replicas,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** What the Deployment passes on to the present ReplicaSet; the same object when it has it already. */
export function refreshed(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): ReplicaSet {
  const present = current.metadata.annotations ?? {};
  const annotations = currentAnnotations(deployment, rolloutLimits(deployment), present, newestRevision(old));
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  const stale = Object.entries(annotations).some(([name, value]) => present[name] !== value);
  if (!stale && (current.spec?.minReadySeconds ?? 0) === minReadySeconds) return current;
  return {
    ...current,
    metadata: { ...current.metadata, annotations },
    ...(current.spec === undefined ? {} : { spec: { ...current.spec, minReadySeconds } }),
  };
}

function newestRevision(replicaSets: readonly ReplicaSet[]): bigint {
  return replicaSets.map(revisionOf).reduce((newest, revision) => (revision > newest ? revision : newest), 0n);
}
