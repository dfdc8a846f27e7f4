import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

/** An upgrade that a client asks for, before anything was answered. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the request already. */
  readonly head: Buffer;
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

const HEADER = 'sec-websocket-protocol';

/** The sub-protocols that a client can speak, its favourite first. */
export function offeredProtocols({ headers }: IncomingMessage): readonly string[] {
  return (headers[HEADER] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** From now on the client is taken to have offered these. */
export function offerOnly({ headers }: IncomingMessage, protocols: readonly string[]): void {
  if (protocols.length === 0) Reflect.deleteProperty(headers, HEADER);
  else headers[HEADER] = protocols.join(', ');
}

/** The first offered protocol that is spoken here; '' when none was offered; `undefined` when none fits. */
export function negotiated(offered: readonly string[], spoken: readonly string[]): string | undefined {
  return offered.length === 0 ? '' : offered.find((name) => spoken.includes(name));
}

/**
 * Finishes the handshake with a sub-protocol. Its names are checked by whoever chose it: those of Kubernetes have
 * slashes, which RFC 6455 forbids and `ws` refuses.
 */
export function acceptWebSocket(
  { request, socket, head, headers }: UpgradeRequest,
  protocol: string,
): Promise<WebSocket> {
  const server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: MAX_MESSAGE_BYTES });
  Reflect.deleteProperty(request.headers, HEADER);
  server.on('headers', (lines) => {
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    if (protocol !== '') lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  });
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  server.once('wsClientError', reject);
  server.handleUpgrade(request, socket, head, (webSocket) => {
    // It closes with every error; why is nothing that could be told to anybody.
    webSocket.on('error', () => undefined);
    resolve(webSocket);
  });
  return promise;
}
