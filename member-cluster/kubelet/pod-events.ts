import type { Container, Pod } from '../../src/apis/index.ts';
import type { EventRecorder } from '../../src/controller/index.ts';
import { allContainersOf, initContainersOf, isEphemeral } from './observed-pod.ts';

/** The Events of a kubelet's pods. */
export class PodEvents {
  readonly #recorder: Pick<EventRecorder, 'event'>;

  constructor(recorder: Pick<EventRecorder, 'event'>) {
    this.#recorder = recorder;
  }

  normal(pod: Pod, container: Container, reason: string, message: string): void {
    this.#recorder.event(referenceTo(pod, container), 'Normal', reason, message);
  }

  warning(pod: Pod, container: Container | undefined, reason: string, message: string): void {
    this.#recorder.event(referenceTo(pod, container), 'Warning', reason, message);
  }

  stopping(pod: Pod, name: string, why: string): void {
    const container = allContainersOf(pod).find((each) => each.name === name);
    const message = `stopping container ${name}: ${why}`;
    this.#recorder.event(referenceTo(pod, container), 'Normal', 'Killing', message);
  }
}

/** With the place in the spec, as `kubectl describe` shows it. */
function referenceTo(pod: Pod, container: Container | undefined) {
  const { namespace = '', name = '', uid = '', resourceVersion = '' } = pod.metadata;
  const reference = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid, resourceVersion };
  if (container === undefined) return reference;
  return { ...reference, fieldPath: `spec.${listOf(pod, container)}{${container.name}}` };
}

function listOf(pod: Pod, container: Container): string {
  if (isEphemeral(pod, container)) return 'ephemeralContainers';
  return initContainersOf(pod).some(({ name }) => name === container.name) ? 'initContainers' : 'containers';
}
