import { badRequest, notFound, type ObjectKey } from '../../../src/apimachinery/index.ts';
import { pods, type Pod } from '../../../src/apis/index.ts';
import type { CommandStreams, Subresource } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { containerMeant, type Kubelet } from '../../kubelet/index.ts';

export interface KubeletFinderDeps {
  /** A client of the very server that these are for. */
  readonly own: () => Client;
  readonly kubelet: (nodeName: string) => Kubelet | undefined;
}

interface FoundKubelet {
  readonly runner: Kubelet;
  readonly podKey: string;
}

/** The kubelet that runs a pod. Rejects with a `StatusError` when there is none, or no such container. */
async function kubeletOf(
  deps: KubeletFinderDeps,
  key: ObjectKey,
  signal: AbortSignal,
  query?: URLSearchParams,
): Promise<FoundKubelet> {
  const found = await assignedKubelet(deps, key, signal, query);
  if (found === undefined) throw badRequest(`pod ${key.name} does not have a host assigned`);
  return found;
}

/** As `kubeletOf`; undefined as long as the pod has no node. A pod of several containers is asked for one of them. */
export async function assignedKubelet(
  { own, kubelet }: KubeletFinderDeps,
  key: ObjectKey,
  signal: AbortSignal,
  query?: URLSearchParams,
): Promise<FoundKubelet | undefined> {
  const pod = await own().get(pods, key, { signal });
  if (query !== undefined) containerMeant(pod, query.get('container') ?? undefined);
  const nodeName = pod.spec?.nodeName ?? '';
  if (nodeName === '') return undefined;
  const runner = kubelet(nodeName);
  if (runner === undefined) throw notFound({ group: '', plural: 'nodes' }, nodeName);
  return { runner, podKey: `${key.namespace ?? ''}/${key.name}` };
}

/** `pods/exec`: another command in a container. */
export function podExec(deps: KubeletFinderDeps): Subresource<Pod> {
  return {
    type: 'connect',
    name: 'exec',
    verbs: ['create', 'get'],
    optionsKind: 'PodExecOptions',
    needsCreate: true,
    async connect({ key, query, signal }) {
      const { runner, podKey } = await kubeletOf(deps, key, signal, query);
      const command = query.getAll('command');
      if (command.length === 0) throw badRequest('you must specify at least 1 command');
      const streams = streamsOf(query);
      const container = await runner.container(podKey, query.get('container') ?? undefined);
      return {
        type: 'command',
        streams,
        run: (session, gone) => container.exec({ command, tty: streams.tty }, session, gone),
      };
    },
  };
}

/** `pods/attach`: what a container writes from now on, and its input. */
export function podAttach(deps: KubeletFinderDeps): Subresource<Pod> {
  return {
    type: 'connect',
    name: 'attach',
    verbs: ['create', 'get'],
    optionsKind: 'PodAttachOptions',
    needsCreate: true,
    async connect({ key, query, signal }) {
      const { runner, podKey } = await kubeletOf(deps, key, signal, query);
      const streams = streamsOf(query);
      const container = await runner.container(podKey, query.get('container') ?? undefined);
      return {
        type: 'command',
        streams,
        // How the container ended is told by its status: who was attached was served well in any case.
        run: async (session, gone) => {
          await container.attach(session, gone);
          return 0;
        },
      };
    },
  };
}

/** `pods/portforward`: connections to the ports of a pod. */
export function podPortForward(deps: KubeletFinderDeps): Subresource<Pod> {
  return {
    type: 'connect',
    name: 'portforward',
    verbs: ['create', 'get'],
    optionsKind: 'PodPortForwardOptions',
    needsCreate: true,
    async connect({ key, signal }) {
      const { runner, podKey } = await kubeletOf(deps, key, signal);
      return { type: 'ports', connect: (port, gone) => runner.connect(podKey, port, gone) };
    },
  };
}

/** With a terminal there is one stream of output. */
function streamsOf(query: URLSearchParams): CommandStreams {
  const is = (name: string) => ['true', '1'].includes(query.get(name) ?? '');
  const [stdin, stdout, stderr, tty] = [is('stdin'), is('stdout'), is('stderr'), is('tty')];
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  if (tty && stderr) throw badRequest('tty and stderr cannot both be true');
  return { stdin, stdout, stderr, tty };
}
