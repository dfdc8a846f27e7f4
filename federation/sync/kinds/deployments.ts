import { deepEqual, isConditionTrue, setCondition } from '../../../src/apimachinery/index.ts';
import {
  deployments as resource,
  type Deployment,
  type DeploymentCondition,
  type DeploymentStatus,
} from '../../../src/apis/index.ts';
import { annotations } from '../../apis/index.ts';
import { ranks, type FederatedType, type MemberCopy, type StatusContext } from '../federated-type.ts';
import { hasAll } from '../owned-fields.ts';
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
  const statuses = copies.map((copy) => copy.object.status ?? {});
  const sum = (field: keyof typeof counts) => statuses.reduce((total, status) => total + (status[field] ?? 0), 0);
  const observed = observedGeneration(object, copies, context);
  const next: DeploymentStatus = {
    ...(observed === undefined ? {} : { observedGeneration: observed }),
    ...nonZero({ ...counts }, sum),
    ...conditionsOf(object, copies, context),
  };
  return deepEqual(object.status ?? {}, next) ? object : { ...object, status: next };
}

const counts = {
  replicas: 0,
  updatedReplicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
  unavailableReplicas: 0,
} as const;

/** Counts of zero are left out, as Kubernetes does. */
export function nonZero<F extends string>(
  fields: Readonly<Record<F, number>>,
  sum: (field: NoInfer<F>) => number,
): Partial<Record<F, number>> {
  const result: Partial<Record<F, number>> = {};
  for (const field in fields) {
    const value = sum(field);
    if (value !== 0) result[field] = value;
  }
  return result;
}

/** The federation's own generation, as soon as every member has it and has looked at it. */
export function observedGeneration(
  object: {
    readonly metadata: { readonly generation?: number };
    readonly status?: { readonly observedGeneration?: number };
  },
  copies: readonly { readonly object: typeof object }[],
  { isSettled }: StatusContext,
): number | undefined {
  const observed = copies.every(
    (copy) => (copy.object.status?.observedGeneration ?? 0) >= (copy.object.metadata.generation ?? 0),
  );
  return isSettled && observed ? object.metadata.generation : object.status?.observedGeneration;
}

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
