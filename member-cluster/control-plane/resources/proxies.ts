import { badRequest, internalError, serviceUnavailable, type ObjectKey } from '../../../src/apimachinery/index.ts';
import {
  endpointSlices,
  nodes,
  services,
  type EndpointSlice,
  type Node,
  type Pod,
  type Service,
} from '../../../src/apis/index.ts';
import { pods } from '../../../src/apis/index.ts';
import type { Connection, ConnectRequest, Subresource } from '../../../src/apiserver/index.ts';
import type { HostPort } from '../../host-ports/index.ts';
import type { KubeletFinderDeps } from './pod-connect.ts';

export interface ProxyDeps extends KubeletFinderDeps {
  /** Where ports are really opened. */
  readonly hostPort: HostPort;
  readonly random: () => number;
}

/** `http:name:port` in pieces: the scheme and the port may be left out. */
interface ProxiedName {
  readonly scheme: 'http' | 'https';
  readonly name: string;
  readonly port: string;
}

const KUBELET_PORT = '10250';
const VERBS = ['create', 'delete', 'get', 'patch', 'update'] as const;

/** `pods/proxy`: HTTP to a port of a pod. */
export function podProxy(deps: ProxyDeps): Subresource<Pod> {
  return proxy('PodProxyOptions', async (request, asked) => {
    const pod = await deps.own().get(pods, { ...request.key, name: asked.name }, { signal: request.signal });
    const host = pod.status?.podIP ?? '';
    if (host === '') throw badRequest('address not allowed');
    const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
    const port = asked.port === '' ? ports[0]?.containerPort : portNamed(asked.port, ports);
    return to(deps, { asked, host, port: port ?? 80 }, request);
  });
}

/** `services/proxy`: HTTP to one of a Service's ready endpoints. */
export function serviceProxy(deps: ProxyDeps): Subresource<Service> {
  return proxy('ServiceProxyOptions', async (request, asked) => {
    const { signal } = request;
    const key = { ...request.key, name: asked.name };
    const service = await deps.own().get(services, key, { signal });
    const wanted = servicePort(service, asked);
    const labelSelector = `kubernetes.io/service-name=${asked.name}`;
    const options = { ...(key.namespace === undefined ? {} : { namespace: key.namespace }), labelSelector, signal };
    const { items } = await deps.own().list(endpointSlices, options);
    const targets = items.flatMap((slice) => readyTargets(slice, wanted.name ?? ''));
    const target = targets[Math.floor(deps.random() * targets.length)];
    if (target === undefined) {
      throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(request.key.name)}`);
    }
    return to(deps, { asked, ...target }, request);
  });
}

/** Without a port in the request it is the only one, or the first without a name. */
function servicePort(
  { spec }: Service,
  asked: ProxiedName,
): NonNullable<NonNullable<Service['spec']>['ports']>[number] {
  const ports = spec?.ports ?? [];
  const [only] = ports;
  const isMeant =
    asked.port === ''
      ? ports.length === 1
        ? only
        : ports.find(({ name = '' }) => name === '')
      : ports.find(({ name, port }) => name === asked.port || String(port) === asked.port);
  if (isMeant !== undefined) return isMeant;
  const [port, service] = [asked.port, asked.name].map((text) => JSON.stringify(text));
  throw serviceUnavailable(`no service port ${port ?? ''} found for service ${service ?? ''}`);
}

/** `nodes/proxy`: what the kubelet answers, or HTTP to another port of the node. */
export function nodeProxy(deps: ProxyDeps): Subresource<Node> {
  return proxy('NodeProxyOptions', async (request, asked) => {
    const node = await deps.own().get(nodes, { name: asked.name }, { signal: request.signal });
    if (asked.port === '' || asked.port === KUBELET_PORT) {
      const answer = await deps.kubelet(asked.name)?.answer(request.rest.replace(/\/$/, ''));
      if (answer !== undefined) return { type: 'reply', status: 200, ...answer };
      return { type: 'reply', status: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
    }
    const host = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
    return to(deps, { asked, host, port: Number(asked.port) }, request);
  });
}

type Find = (request: ConnectRequest, asked: ProxiedName) => Promise<Connection>;

function proxy(optionsKind: string, find: Find): Subresource & { readonly type: 'connect' } {
  return {
    type: 'connect',
    name: 'proxy',
    verbs: VERBS,
    optionsKind,
    takesPath: true,
    connect: async (request) => {
      // A page without the slash would resolve its links against the wrong folder.
      if (isPage(request) && request.rest === '') return movedTo(request);
      return find(request, proxiedName(request.key));
    },
  };
}

/** What a client may resolve links against. */
function isPage({ method, isUpgrade }: ConnectRequest): boolean {
  return !isUpgrade && (method === 'GET' || method === 'HEAD');
}

function movedTo({ prefix, query }: ConnectRequest): Connection {
  const location = query.size === 0 ? `${prefix}/` : `${prefix}/?${query.toString()}`;
  return { type: 'reply', status: 301, contentType: 'text/plain', body: '', headers: { location } };
}

function proxiedName({ name }: ObjectKey): ProxiedName {
  const parts = name.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length === 1) return { scheme: 'http', name: first, port: '' };
  if (parts.length === 2) return { scheme: 'http', name: first, port: second };
  if (parts.length > 3 || (first !== '' && first !== 'http' && first !== 'https')) {
    throw badRequest(`invalid proxy request ${JSON.stringify(name)}`);
  }
  return { scheme: first === 'https' ? 'https' : 'http', name: second, port: third };
}

interface Target {
  readonly host: string;
  readonly port: number;
}

function to(
  { hostPort }: ProxyDeps,
  { asked, host, port }: Target & { readonly asked: ProxiedName },
  { rest, prefix }: ConnectRequest,
): Connection {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw internalError(new Error(`there is no port ${JSON.stringify(asked.port)} of ${asked.name}`));
  }
  const path = rest === '' ? '/' : rest;
  return { type: 'proxy', target: { scheme: asked.scheme, host, port: hostPort(host, port), path, prefix } };
}

function portNamed(text: string, ports: readonly { readonly name?: string; readonly containerPort: number }[]): number {
  return ports.find(({ name }) => name === text)?.containerPort ?? Number(text);
}

function readyTargets({ endpoints, ports = [] }: EndpointSlice, portName: string): readonly Target[] {
  const port = ports.find(({ name = '' }) => name === portName)?.port;
  if (port === undefined) return [];
  const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
  return ready.flatMap(({ addresses }) => addresses.slice(0, 1).map((host) => ({ host, port })));
}
