import { replicaSets as resource, type ReplicaSet, type ReplicaSetStatus } from '../../../src/apis/index.ts';
import { annotations } from '../../apis/index.ts';
import { ranks, type FederatedType, type MemberCopy, type StatusContext } from '../federated-type.ts';
import { hasAll } from '../owned-fields.ts';
import { nonZero, observedGeneration, sumOf, withStatus } from './aggregation.ts';
import { isInSystemNamespace } from './propagation.ts';
import { planWorkload } from './replica-plan.ts';

export const replicaSets: FederatedType<ReplicaSet> = {
  resource,
  rank: ranks.workload,
  stays: isInSystemNamespace,
  toMember: ({ status: _own, ...object }, { replicas }) =>
    object.spec === undefined || replicas === undefined ? object : { ...object, spec: { ...object.spec, replicas } },
  equivalent: (desired, member) => hasAll(member.spec, desired.spec),
  plan: (input, signal) => planWorkload(input, annotations.replicaSetPreferences, signal),
  aggregateStatus,
};

const counts = { fullyLabeledReplicas: 0, readyReplicas: 0, availableReplicas: 0 } as const;

function aggregateStatus(
  object: ReplicaSet,
  copies: readonly MemberCopy<ReplicaSet>[],
  context: StatusContext,
): ReplicaSet {
  const sum = sumOf<keyof typeof counts | 'replicas'>(copies);
  const observed = observedGeneration(object, copies, context);
  const next: ReplicaSetStatus = {
    replicas: sum('replicas'),
    ...nonZero(counts, sum),
    ...(observed === undefined ? {} : { observedGeneration: observed }),
  };
  return withStatus(object, next);
}
