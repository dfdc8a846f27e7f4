import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Container, Probe } from '../../src/apis/index.ts';
import { probeGrpc } from './grpc-probe.ts';
import type { HostPort } from '../host-ports/index.ts';

/** One thing to ask of a container. */
export type ProbeTarget =
  | {
      readonly type: 'http';
      readonly scheme: 'HTTP' | 'HTTPS';
      readonly host: string;
      readonly port: number;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'grpc'; readonly host: string; readonly port: number; readonly service: string }
  | { readonly type: 'exec'; readonly command: readonly string[] }
  | { readonly type: 'none' };

/** Resolves when the target is well, rejects with what is wrong with it. */
export type Prober = (target: ProbeTarget, signal: AbortSignal) => Promise<void>;

export function probeTarget(probe: Probe, container: Container, podIP: string): ProbeTarget {
  const { httpGet, tcpSocket, grpc, exec } = probe;
  if (httpGet !== undefined) return httpTarget(httpGet, container, podIP);
  if (tcpSocket !== undefined) {
    return { type: 'tcp', host: tcpSocket.host ?? podIP, port: portNumber(tcpSocket.port, container) };
  }
  if (grpc !== undefined) return { type: 'grpc', host: podIP, port: grpc.port, service: grpc.service ?? '' };
  return exec === undefined ? { type: 'none' } : { type: 'exec', command: exec.command ?? [] };
}

function httpTarget(
  { path = '/', scheme, host = '', port, httpHeaders = [] }: NonNullable<Probe['httpGet']>,
  container: Container,
  podIP: string,
): ProbeTarget {
  return {
    type: 'http',
    scheme: scheme === 'HTTPS' ? 'HTTPS' : 'HTTP',
    host: host === '' ? podIP : host,
    port: portNumber(port, container),
    path: path.startsWith('/') ? path : `/${path}`,
    headers: Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value])),
  };
}

/** NaN for a name that no port has; connecting to it fails. */
function portNumber(port: number | string, { ports = [] }: Container): number {
  if (typeof port === 'number') return port;
  return ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

/** Asks over the network. */
export function networkProber(hostPort: HostPort): Prober {
  return (target, signal) => {
    switch (target.type) {
      case 'http':
        return probeHttp({ ...target, port: hostPort(target.host, target.port) }, signal);
      case 'tcp':
        return probeTcp({ ...target, port: hostPort(target.host, target.port) }, signal);
      case 'grpc':
        return probeGrpc({ ...target, port: hostPort(target.host, target.port) }, signal);
      case 'exec':
        return Promise.reject(new Error('a command is run by the runtime, not over the network'));
      case 'none':
        return Promise.reject(new Error('the probe says nothing that could be done'));
    }
  };
}

/** Any answer from 200 to 399 is a good one. */
function probeHttp(target: ProbeTarget & { readonly type: 'http' }, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const { scheme, host, port, path, headers } = target;
  const options = { host, port, path, headers: { 'user-agent': 'kube-probe', ...headers }, agent: false, signal };
  const request = scheme === 'HTTPS' ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options);
  request.once('error', reject);
  request.once('response', (response) => {
    response.resume();
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 400) resolve(undefined);
    else reject(new Error(`the answer was ${statusCode}`));
  });
  request.end();
  return promise;
}

function probeTcp(
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const socket = connect({ host, port, signal });
  socket.once('error', reject);
  socket.once('connect', () => {
    resolve(undefined);
    socket.destroy();
  });
  return promise;
}
