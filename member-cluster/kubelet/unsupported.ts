import type { Pod } from '../../src/apis/index.ts';
import { containersOf, initContainersOf } from './observed-pod.ts';
import { foreignVolumes } from './volume-check.ts';

/** A sentence for each thing that a pod asks for and this kubelet does not do. */
export function unsupportedOf(pod: Pod): readonly string[] {
  const hooks = [...initContainersOf(pod), ...containersOf(pod)].flatMap(({ name, lifecycle }) => [
    ...(lifecycle?.postStart === undefined ? [] : [`container ${name}: lifecycle.postStart is not run`]),
    ...(lifecycle?.preStop === undefined ? [] : [`container ${name}: lifecycle.preStop is not run`]),
  ]);
  const volumes = foreignVolumes(pod).map((volume) => `volume ${volume} is not mounted`);
  return [...hooks, ...volumes];
}
