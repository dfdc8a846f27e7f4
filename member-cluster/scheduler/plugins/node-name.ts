import type { FilterPlugin } from '../framework.ts';

/** Only the node that the pod names, when it names one. */
export const nodeName: FilterPlugin = {
  name: 'NodeName',
  forPod({ pod }) {
    const wanted = pod.spec?.nodeName ?? '';
    if (wanted === '') return undefined;
    return ({ name }) => (name === wanted ? undefined : "node(s) didn't match the requested node name");
  },
};
