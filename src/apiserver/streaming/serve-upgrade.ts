import { Readable, type Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket } from 'ws';
import { badRequest, statusError, type StatusError } from '../../apimachinery/index.ts';
import type { Clock } from '../../component-base/index.ts';
import { CommandStreamSet, commandOverSpdy, SPDY_COMMAND_PROTOCOLS } from './command-over-spdy.ts';
import { COMMAND_PROTOCOLS, commandOverWebSocket } from './command-over-websocket.ts';
import type { Connection } from './connection.ts';
import {
  CHANNEL_PORT_PROTOCOLS,
  PortForwarder,
  portsOf,
  portsOverChannels,
  SPDY_PORT_PROTOCOL,
  TUNNEL_PROTOCOL,
} from './port-forward.ts';
import { SpdyConnection } from './spdy/spdy-connection.ts';
import { acceptWebSocket, negotiated, offeredProtocols, type UpgradeRequest } from './websocket.ts';

export interface UpgradeDeps {
  readonly clock: Clock;
  readonly query: URLSearchParams;
  /** Aborts when the server stops. */
  readonly signal: AbortSignal;
}

type Upgradable = Exclude<Connection, { readonly type: 'reply' | 'proxy' }>;
type Command = Connection & { readonly type: 'command' };
type Ports = Connection & { readonly type: 'ports' };

const TEXT_PROTOCOLS = ['binary.k8s.io', 'base64.binary.k8s.io'];
const SETUP_MS = 30_000;
/** What nobody says anything on for so long is given up; twice as long at most. */
const IDLE_MS = 4 * 60 * 60_000;

/**
 * Takes a connection over from HTTP and serves it until its end. Rejects with a `StatusError` as long as nothing was
 * answered.
 */
export async function serveUpgrade(connection: Upgradable, upgrade: UpgradeRequest, deps: UpgradeDeps): Promise<void> {
  const { socket, request } = upgrade;
  const gone = new AbortController();
  const end = () => {
    gone.abort(new Error('the client is gone'));
  };
  socket.once('close', end).on('error', () => socket.destroy());
  const stop = () => socket.destroy();
  deps.signal.addEventListener('abort', stop, { once: true });
  const forgetIdle = watchIdle(socket, deps.clock);
  const own = { ...deps, signal: gone.signal };
  try {
    const protocol = (request.headers.upgrade ?? '').toLowerCase();
    if (protocol === 'websocket') await overWebSocket(connection, upgrade, own);
    else if (protocol === 'spdy/3.1') await overSpdy(connection, upgrade, own);
    else throw badRequest(`unable to upgrade: ${protocol} is not spoken here`);
  } finally {
    forgetIdle();
    deps.signal.removeEventListener('abort', stop);
    end();
  }
}

async function overWebSocket(connection: Upgradable, upgrade: UpgradeRequest, deps: UpgradeDeps): Promise<void> {
  const offered = offeredProtocols(upgrade.request);
  if (connection.type === 'ports' && offered.includes(TUNNEL_PROTOCOL)) {
    const webSocket = await acceptWebSocket(upgrade, TUNNEL_PROTOCOL);
    await forwardPorts(connection, createWebSocketStream(webSocket), deps);
    return;
  }
  const spoken = { command: COMMAND_PROTOCOLS, ports: CHANNEL_PORT_PROTOCOLS, text: TEXT_PROTOCOLS }[connection.type];
  const protocol = negotiated(offered, spoken);
  if (protocol === undefined) throw noCommonProtocol(offered, spoken);
  const numbers = connection.type === 'ports' ? portsOf(deps.query) : [];
  const webSocket = await acceptWebSocket(upgrade, protocol);
  const closed = new Promise((resolve) => webSocket.once('close', resolve));
  if (connection.type === 'command') await commandOverWebSocket(connection, webSocket, protocol, deps.signal);
  else if (connection.type === 'text') await textOverWebSocket(connection, webSocket, protocol, deps.signal);
  else await portsOverChannels(connection, { webSocket, protocol }, numbers, deps.signal);
  await closed;
}

async function textOverWebSocket(
  { body }: Connection & { readonly type: 'text' },
  webSocket: WebSocket,
  protocol: string,
  signal: AbortSignal,
): Promise<void> {
  const isText = protocol.startsWith('base64');
  const source = Readable.from(body, { objectMode: true });
  signal.addEventListener('abort', () => source.destroy(), { once: true });
  source.on('error', () => undefined);
  for await (const chunk of source) {
    // @NOTE the body is made of these.
    const bytes = Buffer.from(chunk as Uint8Array | string);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    webSocket.send(isText ? bytes.toString('base64') : bytes, { binary: !isText }, resolve);
    await promise;
  }
  webSocket.close();
}

async function overSpdy(connection: Upgradable, upgrade: UpgradeRequest, deps: UpgradeDeps): Promise<void> {
  if (connection.type === 'text') throw badRequest('unable to upgrade: this is not served over SPDY');
  const spoken = connection.type === 'command' ? SPDY_COMMAND_PROTOCOLS : [SPDY_PORT_PROTOCOL];
  const offered = [upgrade.request.headers['x-stream-protocol-version'] ?? []]
    .flat()
    .flatMap((names) => names.split(',').map((name) => name.trim()));
  if (offered.length === 0) throw badRequest('unable to upgrade: X-Stream-Protocol-Version is required');
  const protocol = negotiated(offered, spoken);
  if (protocol === undefined) throw noCommonProtocol(offered, spoken);
  switchProtocols(upgrade, { Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': protocol });
  if (connection.type === 'ports') await forwardPorts(connection, upgrade.socket, deps);
  else await runCommand(connection, upgrade.socket, { ...deps, protocol });
}

async function runCommand(
  command: Command,
  transport: Duplex,
  { protocol, clock, signal }: UpgradeDeps & { readonly protocol: string },
): Promise<void> {
  const streams = new CommandStreamSet(command.streams, protocol);
  const connection = new SpdyConnection(transport, {
    onStream: (stream, headers) => {
      streams.add(stream, headers);
    },
  });
  const tooLate = clock.after(SETUP_MS, () => {
    transport.destroy();
  });
  await Promise.race([streams.complete, connection.done]);
  tooLate();
  if (!signal.aborted) await commandOverSpdy(command, { connection, streams }, protocol, signal);
  await connection.done;
}

async function forwardPorts(ports: Ports, transport: Duplex, { clock, signal }: UpgradeDeps): Promise<void> {
  const forwarder = new PortForwarder(ports, clock, signal);
  const connection = new SpdyConnection(transport, {
    onStream: (stream, headers) => {
      forwarder.add(stream, headers);
    },
  });
  await connection.done;
  forwarder.close();
}

function switchProtocols({ socket, head, headers }: UpgradeRequest, own: Readonly<Record<string, string>>): void {
  const lines = Object.entries({ Connection: 'Upgrade', ...own, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'));
  if (head.length > 0) socket.unshift(head);
}

function noCommonProtocol(offered: readonly string[], spoken: readonly string[]): StatusError {
  const [client, server] = [offered, spoken].map((names) => `[${names.join(' ')}]`);
  const message = `unable to upgrade: unable to negotiate protocol: client supports ${client ?? ''}, server accepts ${server ?? ''}`;
  return statusError(403, 'Forbidden', message);
}

/** Returns what ends the watch. */
function watchIdle(socket: Duplex & { readonly bytesRead?: number; readonly bytesWritten?: number }, clock: Clock) {
  const count = () => (socket.bytesRead ?? 0) + (socket.bytesWritten ?? 0);
  let before = count();
  let cancel: () => void;
  const look = () => {
    if (count() === before) socket.destroy();
    before = count();
    cancel = clock.after(IDLE_MS, look);
  };
  cancel = clock.after(IDLE_MS, look);
  return () => {
    cancel();
  };
}
