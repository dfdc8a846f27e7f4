import { deepEqual, keyOf } from '../../src/apimachinery/index.ts';
import { horizontalPodAutoscalers, type HorizontalPodAutoscaler } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Runnable } from '../../src/component-base/index.ts';
import {
  controller,
  lazily,
  WorkQueue,
  type EventRecorder,
  type Informer,
  type Reconciler,
} from '../../src/controller/index.ts';
import { isOffline } from '../apis/index.ts';
import type { Scaling } from '../sync/index.ts';
import type { MembersViewDeps } from './members-view.ts';

export interface AutoscalingDeps extends MembersViewDeps {
  readonly federation: Client;
  readonly autoscalers: Informer<HorizontalPodAutoscaler>;
  readonly scaling: Pick<Scaling, 'isScaledHere' | 'onChange' | 'targetOf'>;
  readonly events: EventRecorder;
}

/** One that waits for a slow member keeps no other one waiting. */
const WORKERS = 8;
/** After a start until all members have been listed: what is not known yet is not missing. */
const START_MS = 10_000;
const START_REVIEW_MS = 1_000;

/** Scales what is divided among members by what is measured in all of them; who has how many is for placing to say. */
export function autoscalingController(deps: AutoscalingDeps): Runnable {
  const { federation, autoscalers, scaling, clock, log } = deps;
  const name = 'federation-autoscaling-controller';
  const queue = new WorkQueue(clock, { name });
  const get = (key: string) => {
    const autoscaler = autoscalers.lister.get(key);
    const isOurs = autoscaler?.metadata.deletionTimestamp === undefined && autoscaler !== undefined;
    return isOurs && scaling.isScaledHere(autoscaler) ? autoscaler : undefined;
  };
  const worker = controller({
    name,
    queue,
    workers: WORKERS,
    clock,
    log,
    reconcile: patiently(
      deps,
      get,
      lazily(async () => {
        const [{ autoscalerReconciler }, { membersView }] = await Promise.all([
          import('../../src/autoscaling/index.ts'),
          import('./members-view.ts'),
        ]);
        return autoscalerReconciler({ ...deps, autoscalers: { get }, client: federation, look: membersView(deps) });
      }),
    ),
  });
  return {
    name,
    async run(signal, ready) {
      const removals = [
        autoscalers.onEvent(({ type, key, object, previous }) => {
          // It writes the status itself.
          if (type !== 'update' || !deepEqual(object.spec, previous?.spec)) queue.add(key);
        }),
        scaling.onChange(horizontalPodAutoscalers, (key) => {
          queue.add(key);
        }),
      ];
      await worker.run(signal, ready);
      for (const remove of removals) remove();
    },
  };
}

function patiently({ clusters, scaling, copyIn, clock }: AutoscalingDeps, get: Get, reconcile: Reconciler): Reconciler {
  let startedAt: number | undefined;
  const isUnknown = (key: string) => {
    const autoscaler = get(key);
    const target = autoscaler === undefined ? undefined : scaling.targetOf(autoscaler);
    if (target === undefined) return false;
    const seeable = clusters.lister.list().filter((cluster) => !isOffline(cluster));
    const of = keyOf(target.object);
    return seeable.some(({ metadata }) => copyIn(metadata.name ?? '', target.resource, of) === 'unseen');
  };
  return async (key, signal) => {
    startedAt ??= clock.now();
    const isEarly = clock.now() < startedAt + START_MS;
    return isEarly && isUnknown(key) ? { requeueAfterMs: START_REVIEW_MS } : reconcile(key, signal);
  };
}

type Get = (key: string) => HorizontalPodAutoscaler | undefined;
