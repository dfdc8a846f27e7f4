import type { Taint } from '../../../src/apis/index.ts';
import { tolerates } from '../../pods/index.ts';
import { never, type FilterPlugin } from '../framework.ts';

const CORDONED: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const UNSCHEDULABLE = never('node(s) were unschedulable');

/** No cordoned nodes, unless the pod tolerates that. */
export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  forPod({ pod }) {
    if (pod.spec?.tolerations?.some((toleration) => tolerates(toleration, CORDONED)) === true) return undefined;
    return ({ node }) => (node.spec?.unschedulable === true ? UNSCHEDULABLE : undefined);
  },
};
