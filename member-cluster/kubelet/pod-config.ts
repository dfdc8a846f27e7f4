import type { Container, Pod } from '../../src/apis/index.ts';
import type { ContainerConfig, ContainerPortConfig, PodSandboxConfig } from '../runtime/index.ts';

/** What the runtime is told of a pod. */
export function sandboxConfigOf({ metadata, spec }: Pod, attempt: number): PodSandboxConfig {
  const { name = '', namespace = '', uid = '', labels = {}, annotations = {} } = metadata;
  return {
    metadata: { name, namespace, uid, attempt },
    hostname: spec?.hostname ?? name,
    hostNetwork: spec?.hostNetwork ?? false,
    labels,
    annotations,
  };
}

export interface ContainerConfigDetails {
  readonly imageRef: string;
  readonly attempt: number;
  readonly isTask: boolean;
}

export function containerConfigOf(
  container: Container,
  { imageRef, attempt, isTask }: ContainerConfigDetails,
): ContainerConfig {
  const { name, image = '', command = [], args = [], workingDir = '', env = [], ports = [] } = container;
  return {
    metadata: { name, attempt },
    image,
    imageRef,
    command,
    args,
    workingDir,
    env: env.flatMap((variable) =>
      variable.value === undefined ? [] : [{ name: variable.name, value: variable.value }],
    ),
    ports: ports.map(({ containerPort, protocol }) => ({ containerPort, protocol: protocolOf(protocol) })),
    runsToCompletion: isTask,
  };
}

function protocolOf(protocol: string | undefined): ContainerPortConfig['protocol'] {
  return protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP';
}
