import { deepEqual } from '../../src/apimachinery/index.ts';
import { horizontalPodAutoscalers, type HorizontalPodAutoscaler } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Runnable } from '../../src/component-base/index.ts';
import { controller, lazily, WorkQueue, type EventRecorder, type Informer } from '../../src/controller/index.ts';
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
    reconcile: lazily(async () => {
      const [{ autoscalerReconciler }, { membersView }] = await Promise.all([
        import('../../src/autoscaling/index.ts'),
        import('./members-view.ts'),
      ]);
      return autoscalerReconciler({ ...deps, autoscalers: { get }, client: federation, look: membersView(deps) });
    }),
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
