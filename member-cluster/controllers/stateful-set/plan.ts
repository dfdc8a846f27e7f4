import { isAvailable, isTerminal } from '../../pods/index.ts';
import { updateStep } from './rolling-update.ts';
import { isHealthy, isLeaving, isOrdered, isRunningAndReady, type Action, type Replica, type View } from './view.ts';

/**
 * What is to be done next, in order. Scaling comes before updates. A set in order does one thing at a time and waits for all
 * pods before the one in question to serve, those beyond its size excepted.
 */
export function plan(view: View): readonly Action[] {
  return isOrdered(view.set) ? orderedPlan(view) : parallelPlan(view);
}

function orderedPlan(view: View): readonly Action[] {
  const actions: Action[] = [];
  for (const replica of view.replicas) {
    const step = replicaStep(view, replica);
    actions.push(...step.actions);
    if (step.waits) return actions;
    actions.push(...repairs(view, replica));
  }
  actions.push(...view.condemned.flatMap((member) => repairs(view, member)));
  return [...actions, ...(view.condemned.length > 0 ? orderedShrink(view) : updateStep(view))];
}

function parallelPlan(view: View): readonly Action[] {
  const { replicas, condemned } = view;
  const steps = replicas.flatMap((replica) => {
    const { actions, ended } = replicaStep(view, replica);
    return ended ? actions : [...actions, ...repairs(view, replica)];
  });
  const shrink = condemned.flatMap((member): readonly Action[] => [
    ...repairs(view, member),
    ...(isLeaving(member.pod) ? [] : [{ type: 'delete' as const, pod: member.pod }]),
  ]);
  return [...steps, ...shrink, ...updateStep(view)];
}

interface Step {
  readonly actions: readonly Action[];
  /** A set in order does nothing more until something has happened. */
  readonly waits: boolean;
  readonly ended: boolean;
}

function replicaStep({ set, isFree, now }: View, { ordinal, pod }: Replica): Step {
  if (pod === undefined) {
    return { actions: isFree(ordinal) ? [{ type: 'create', ordinal }] : [], waits: true, ended: true };
  }
  if (isTerminal(pod)) return { actions: isLeaving(pod) ? [] : [{ type: 'delete', pod }], waits: true, ended: true };
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  return {
    actions: pod.status?.phase === 'Pending' ? [{ type: 'claim', ordinal, pod }] : [],
    waits: !isHealthy(pod) || !isAvailable(pod, minReadySeconds, now),
    ended: false,
  };
}

function repairs({ isSound }: View, { ordinal, pod }: Replica): readonly Action[] {
  return pod === undefined || isSound({ ordinal, pod }) ? [] : [{ type: 'repair', ordinal, pod }];
}

/** The highest goes, unless a lower one that goes as well is in trouble: that one might need the others. */
function orderedShrink({ set, condemned, now }: View): readonly Action[] {
  const [highest] = condemned;
  if (highest === undefined || isLeaving(highest.pod)) return [];
  const lowestInTrouble = condemned.findLast(({ pod }) => !isHealthy(pod));
  const serves = isRunningAndReady(highest.pod) && isAvailable(highest.pod, set.spec?.minReadySeconds ?? 0, now);
  return serves || lowestInTrouble === highest ? [{ type: 'delete', pod: highest.pod }] : [];
}
