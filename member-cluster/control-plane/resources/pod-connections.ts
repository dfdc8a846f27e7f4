import type { Pod } from '../../../src/apis/index.ts';
import type { Subresource } from '../../../src/apiserver/index.ts';
import { podAttach, podExec, podPortForward, type KubeletFinderDeps } from './pod-connect.ts';
import { podLog } from './pod-log.ts';

/** What of a pod its kubelet answers. */
export function podConnections(deps: KubeletFinderDeps): readonly Subresource<Pod>[] {
  return [podLog(deps), podExec(deps), podAttach(deps), podPortForward(deps)];
}
