import { isConditionTrue, setCondition } from '../../../src/apimachinery/index.ts';
import {
  deployments as resource,
  type Deployment,
  type DeploymentCondition,
  type DeploymentStatus,
} from '../../../src/apis/index.ts';
import { annotations } from '../../apis/index.ts';
import { ranks, type FederatedType, type MemberCopy, type StatusContext } from '../federated-type.ts';
import { hasAll } from '../owned-fields.ts';
import { nonZero, observedGeneration, sumOf, withStatus } from './aggregation.ts';
import { isInSystemNamespace } from './propagation.ts';
import { planWorkload } from './replica-plan.ts';

export const deployments: FederatedType<Deployment> = {
  resource,
  rank: ranks.workload,
  stays: isInSystemNamespace,
  toMember: ({ status: _own, ...object }, { replicas }) =>
    object.spec === undefined || replicas === undefined ? object : { ...object, spec: { ...object.spec, replicas } },
  equivalent: (desired, member) => hasAll(member.spec, desired.spec),
  plan: (input, signal) => planWorkload(input, annotations.deploymentPreferences, signal),
  aggregateStatus,
};

function aggregateStatus(
  object: Deployment,
  copies: readonly MemberCopy<Deployment>[],
  context: StatusContext,
): Deployment {
  const observed = observedGeneration(object, copies, context);
  const next: DeploymentStatus = {
    ...(observed === undefined ? {} : { observedGeneration: observed }),
    ...nonZero(counts, sumOf<keyof typeof counts>(copies)),
    ...conditionsOf(object, copies, context),
  };
  return withStatus(object, next);
}

const counts = {
  replicas: 0,
  updatedReplicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
  unavailableReplicas: 0,
} as const;

function conditionsOf(
  object: Deployment,
  copies: readonly MemberCopy<Deployment>[],
  { now, isSettled }: StatusContext,
): Pick<DeploymentStatus, 'conditions'> {
  const lacking = copies
    .filter((copy) => !isConditionTrue(copy.object.status?.conditions, 'Available'))
    .map((copy) => copy.cluster)
    .sort();
  const available = isSettled && lacking.length === 0;
  const condition: DeploymentCondition = available
    ? { type: 'Available', status: 'True', reason: 'AvailableInClusters', message: 'Available in every cluster.' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'UnavailableInClusters',
        message: lacking.length === 0 ? 'Not in every cluster yet.' : `Not available in ${lacking.join(', ')}.`,
      };
  return { conditions: setCondition(object.status?.conditions, condition, now) };
}
