import type { Taint } from '../../../src/apis/index.ts';
import type { AdmissionPlugin } from '../../../src/apiserver/index.ts';
import { tolerates } from '../../pods/index.ts';
import { isWrittenPod, podOf } from './new-pod.ts';

const TOLERATED_FOR_SECONDS = 300;
const UNWELL: readonly Taint[] = [
  { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
];

/** Pods stay for five minutes on a node that is not well, unless they say otherwise, also those that say so no more. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: isWrittenPod,
  async mutate({ object }) {
    const pod = podOf(object);
    const tolerations = pod.spec?.tolerations ?? [];
    const missing = UNWELL.filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));
    if (missing.length === 0 || pod.spec === undefined) return pod;
    const added = missing.map(({ key, effect }) => ({
      key,
      effect,
      operator: 'Exists',
      tolerationSeconds: TOLERATED_FOR_SECONDS,
    }));
    return { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...added] } };
  },
};
