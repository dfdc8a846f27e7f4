import type { Job, Pod } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Lister, Reconciler } from '../../../src/controller/index.ts';
import { isLeftBehind } from './left-behind.ts';
import { withoutTracking } from './pod-control.ts';

export interface LeftBehindDeps {
  readonly jobs: Lister<Job>;
  readonly pods: Lister<Pod>;
  readonly client: Client;
}

export function leftBehindReconciler({ jobs, pods, client }: LeftBehindDeps): Reconciler {
  return async (key) => {
    const pod = pods.get(key);
    if (pod !== undefined && isLeftBehind(pod, jobs)) await withoutTracking(client, pod);
    return {};
  };
}
