import { never, type FilterPlugin } from '../framework.ts';

const MISMATCH = never("node(s) didn't match the requested node name");

/** Only the node that the pod names, when it names one. */
export const nodeName: FilterPlugin = {
  name: 'NodeName',
  forPod({ pod }) {
    const wanted = pod.spec?.nodeName ?? '';
    if (wanted === '') return undefined;
    return ({ name }) => (name === wanted ? undefined : MISMATCH);
  },
};
