import type { Container, Pod, PodSpec } from '../../src/apis/index.ts';
import { expand } from './expand.ts';
import type { ContainerConfig, ContainerPortConfig, PodSandboxConfig } from '../runtime/index.ts';
import { podDns, type NodeDns } from './pod-dns.ts';

/** What the runtime is told of a pod. */
export function sandboxConfigOf(pod: Pod, attempt: number, node?: NodeDns): PodSandboxConfig {
  const { metadata, spec } = pod;
  const { name = '', namespace = '', uid = '', labels = {}, annotations = {} } = metadata;
  return {
    metadata: { name, namespace, uid, attempt },
    hostname: hostnameOf(spec) ?? name,
    hostNetwork: spec?.hostNetwork ?? false,
    labels,
    annotations,
    ...namesIn(pod, node),
  };
}

function namesIn(pod: Pod, node: NodeDns | undefined): Pick<PodSandboxConfig, 'dns' | 'hosts' | 'domainName'> {
  const domainName = domainNameOf(pod, node);
  return {
    ...(node === undefined ? {} : { dns: podDns(pod, node).config }),
    hosts: (pod.spec?.hostAliases ?? []).map(({ ip, hostnames = [] }) => ({ ip, names: hostnames })),
    ...(domainName === undefined ? {} : { domainName }),
  };
}

/** `hostname.subdomain.namespace.svc.domain`, whether or not there is such a Service, as the kubelet has it. */
function domainNameOf({ metadata, spec }: Pod, { cluster }: NodeDns = {}): string | undefined {
  if (spec?.subdomain === undefined || spec.subdomain === '' || cluster === undefined) return undefined;
  const hostname = hostnameOf(spec) ?? metadata.name;
  return `${hostname}.${spec.subdomain}.${metadata.namespace ?? ''}.svc.${cluster.domain}`;
}

/** On the node's network a pod has the node's name too. */
function hostnameOf({ hostNetwork = false, hostname, nodeName }: Partial<PodSpec> = {}): string | undefined {
  return hostNetwork ? nodeName : hostname;
}

export interface ContainerConfigDetails {
  readonly imageRef: string;
  readonly attempt: number;
  readonly isTask: boolean;
  readonly isEphemeral: boolean;
  readonly env: ContainerConfig['env'];
  readonly mounts: ContainerConfig['mounts'];
}

export function containerConfigOf(
  container: Container,
  { imageRef, attempt, isTask, isEphemeral, env, mounts = [] }: ContainerConfigDetails,
): ContainerConfig {
  const { name, image = '', command = [], args = [], workingDir = '' } = container;
  const values = new Map(env.map((variable) => [variable.name, variable.value]));
  return {
    metadata: { name, attempt },
    image,
    imageRef,
    command: command.map((word) => expand(word, values)),
    args: args.map((word) => expand(word, values)),
    workingDir,
    env,
    ports: isTask ? declaredPorts(container) : portsOf(container),
    runsToCompletion: isTask,
    mounts,
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    isEphemeral,
  };
}

/** Containers need not declare their ports. Of one that declares none, its probes say where it listens. */
function portsOf(container: Container): readonly ContainerPortConfig[] {
  const declared = declaredPorts(container);
  if (declared.length > 0) return declared;
  const { livenessProbe, readinessProbe, startupProbe } = container;
  const probed = [livenessProbe, readinessProbe, startupProbe].flatMap((probe) => {
    const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
    return typeof port === 'number' ? [port] : [];
  });
  return [...new Set(probed)].map((containerPort) => ({ containerPort, protocol: 'TCP' }));
}

function declaredPorts({ ports = [] }: Container): readonly ContainerPortConfig[] {
  return ports.map(({ containerPort, protocol }) => ({ containerPort, protocol: protocolOf(protocol) }));
}

function protocolOf(protocol: string | undefined): ContainerPortConfig['protocol'] {
  return protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP';
}
