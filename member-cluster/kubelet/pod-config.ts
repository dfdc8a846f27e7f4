import type { Container, Pod } from '../../src/apis/index.ts';
import { expand } from './expand.ts';
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
  readonly env: ContainerConfig['env'];
}

export function containerConfigOf(
  container: Container,
  { imageRef, attempt, isTask, env }: ContainerConfigDetails,
): ContainerConfig {
  const { name, image = '', command = [], args = [], workingDir = '', ports = [] } = container;
  const values = new Map(env.map((variable) => [variable.name, variable.value]));
  return {
    metadata: { name, attempt },
    image,
    imageRef,
    command: command.map((word) => expand(word, values)),
    args: args.map((word) => expand(word, values)),
    workingDir,
    env,
    ports: ports.map(({ containerPort, protocol }) => ({ containerPort, protocol: protocolOf(protocol) })),
    runsToCompletion: isTask,
  };
}

function protocolOf(protocol: string | undefined): ContainerPortConfig['protocol'] {
  return protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP';
}
