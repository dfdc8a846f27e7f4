import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { BackendChoice, isSame } from './backend-choice.ts';
import type { HostPort } from '../host-ports/index.ts';
import type { Forwarder, ForwarderDeps } from './forwarder.ts';
import type { Backend, ForwardingRule } from './proxier.ts';
import { sourceFor } from './splice.ts';

/** What one client port and its backend have to say to each other. */
interface Flow {
  readonly backend: Backend;
  readonly socket: Socket;
  /** Packets that came before the socket was connected. */
  early: Buffer[] | undefined;
  lastUsed: number;
}

/** A flow that is silent for so long is over. */
const IDLE_MS = 60_000;
const SWEEP_MS = 15_000;
/** Flows of one rule; beyond it the one silent longest ends. */
const MAX_FLOWS = 4_096;
const MAX_EARLY = 64;

/** Listens for one UDP rule; packets of one client port go to one backend, and its answers back. */
export class UdpForwarder implements Forwarder {
  readonly #deps: ForwarderDeps;
  readonly #choice: BackendChoice;
  /** By client address and port, the least recently used first. */
  readonly #flows = new Map<string, Flow>();
  #socket: Socket | undefined;
  #cancelSweep: () => void = () => undefined;

  constructor(rule: ForwardingRule, deps: ForwarderDeps) {
    this.#deps = deps;
    this.#choice = new BackendChoice(rule, deps.clock, deps.nodeOf);
  }

  /** Flows to backends that are gone end, for nobody would tell their clients. */
  update(rule: ForwardingRule): void {
    this.#choice.rule = rule;
    for (const [key, { backend }] of this.#flows) {
      if (!rule.backends.some((candidate) => isSame(candidate, backend))) this.#end(key);
    }
  }

  async open(): Promise<void> {
    const { host, port: clusterPort } = this.#choice.rule;
    const port = this.#deps.hostPort(host, clusterPort);
    const socket = newSocket(host);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    socket.once('error', reject);
    socket.bind({ address: host, port, exclusive: true }, () => {
      resolve(undefined);
    });
    try {
      await promise;
    } catch (err) {
      socket.close();
      throw err;
    }
    this.#socket = socket;
    socket.removeListener('error', reject);
    socket.on('error', (err) => {
      this.#deps.log.warn({ err, host, port }, 'service listener failed');
    });
    socket.on('message', (packet, from) => {
      this.#forward(packet, from);
    });
  }

  close(): void {
    this.#cancelSweep();
    for (const key of [...this.#flows.keys()]) this.#end(key);
    this.#socket?.close();
    this.#socket = undefined;
  }

  #forward(packet: Buffer, from: RemoteInfo): void {
    // Forged: nothing can be sent to port 0.
    if (from.port === 0) return;
    const key = `${from.address} ${from.port}`;
    const flow = this.#flows.get(key) ?? this.#begin(key, from);
    if (flow === undefined) return;
    flow.lastUsed = this.#deps.clock.now();
    // Last again, so that the first is the one silent longest.
    this.#flows.delete(key);
    this.#flows.set(key, flow);
    if (flow.early === undefined) flow.socket.send(packet);
    else if (flow.early.length < MAX_EARLY) flow.early.push(packet);
  }

  #begin(key: string, from: RemoteInfo): Flow | undefined {
    const [backend] = this.#choice.admits(from.address) ? this.#choice.candidates(from.address) : [];
    if (backend === undefined) return undefined;
    this.#makeRoom();
    this.#choice.took(from.address, backend);
    const socket = newSocket(backend.host);
    const flow: Flow = { backend, socket, early: [], lastUsed: this.#deps.clock.now() };
    socket.on('message', (answer) => {
      flow.lastUsed = this.#deps.clock.now();
      this.#socket?.send(answer, from.port, from.address);
    });
    // Nobody listens there: the next packet finds another backend.
    const onError = () => {
      if (this.#flows.get(key) === flow) this.#end(key);
    };
    socket.on('error', onError);
    connectFlow(flow, from.address, { hostPort: this.#deps.hostPort, onError });
    this.#flows.set(key, flow);
    if (this.#flows.size === 1) this.#sweepLater();
    return flow;
  }

  #makeRoom(): void {
    if (this.#flows.size < MAX_FLOWS) return;
    const [oldest] = this.#flows.keys();
    if (oldest !== undefined) this.#end(oldest);
  }

  #end(key: string): void {
    this.#flows.get(key)?.socket.close();
    this.#flows.delete(key);
  }

  #sweepLater(): void {
    this.#cancelSweep();
    this.#cancelSweep = this.#deps.clock.after(SWEEP_MS, () => {
      const before = this.#deps.clock.now() - IDLE_MS;
      for (const [key, { lastUsed }] of this.#flows) if (lastUsed <= before) this.#end(key);
      if (this.#flows.size > 0) this.#sweepLater();
    });
  }
}

function connectFlow(
  flow: Flow,
  client: string,
  { hostPort, onError }: { readonly hostPort: HostPort; readonly onError: () => void },
): void {
  const { socket, backend } = flow;
  const port = hostPort(backend.host, backend.port);
  const onConnected = (err?: Error) => {
    if (err !== undefined) {
      onError();
      return;
    }
    for (const packet of flow.early ?? []) socket.send(packet);
    flow.early = undefined;
  };
  const source = sourceFor(client, backend.host);
  if (source === undefined) socket.connect(port, backend.host, onConnected);
  else {
    socket.bind({ address: source, exclusive: true }, () => {
      socket.connect(port, backend.host, onConnected);
    });
  }
}

const newSocket = (host: string) => createSocket(isIPv6(host) ? 'udp6' : 'udp4');
