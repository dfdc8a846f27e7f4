import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import type { ConnectRequest, Connection } from '../../src/apiserver/index.ts';
import { startTestApiServer, type TestApiServer, type TestApiServerOptions } from './api-server.ts';
import type { KubectlServer } from './kubectl.ts';
import { testConfigMaps, testNamespaces, testPods } from './resources.ts';

export type Connect = (request: ConnectRequest) => Promise<Connection>;

/** An API server over HTTPS whose pods have these subresources, each a connection that the test makes. */
export function startStreamingServer(
  connections: Readonly<Record<string, Connect>>,
  options: TestApiServerOptions = {},
): Promise<TestApiServer> {
  const parts = Object.entries(connections).map(
    ([name, connect]) => ({ type: 'connect', verbs: ['get', 'create'], name, connect }) as const,
  );
  const pods: typeof testPods = { ...testPods, subresources: parts };
  return startTestApiServer({ listen: true, resources: [testNamespaces, testConfigMaps, pods], ...options });
}

export const podPath = (subresource: string) => `/api/v1/namespaces/default/pods/p/${subresource}`;

export interface OpenedSocket extends AsyncDisposable {
  readonly socket: WebSocket;
  /** All that came so far; text as it is. */
  readonly messages: readonly Buffer[];
  /** The code that the server closed with. */
  readonly closed: Promise<number>;
}

/** A WebSocket of an administrator. Rejects with the status of a refusal in its message. */
export async function openWebSocket(
  { url, certificates: { ca, admin } }: KubectlServer,
  path: string,
  protocols: readonly string[],
  options: ClientOptions = {},
): Promise<OpenedSocket> {
  const identity = { ca, cert: admin.certificate, key: admin.key };
  const socket = new WebSocket(`${url.replace('https', 'wss')}${path}`, [...protocols], { ...identity, ...options });
  const messages: Buffer[] = [];
  // @NOTE `ws` gives one Buffer a message unless it is told otherwise.
  socket.on('message', (message) => messages.push(message as Buffer));
  const { promise: closed, resolve } = Promise.withResolvers<number>();
  socket.once('close', resolve);
  await once(socket, 'open');
  socket.on('error', () => undefined);
  return {
    socket,
    messages,
    closed,
    [Symbol.asyncDispose]: async () => {
      socket.terminate();
      await closed;
    },
  };
}

/** What came on one channel. */
export function channel(messages: readonly Buffer[], number: number, isBase64 = false): Buffer {
  const first = isBase64 ? 0x30 + number : number;
  const own = messages.filter((message) => message[0] === first).map((message) => message.subarray(1));
  return Buffer.concat(own.map((data) => (isBase64 ? Buffer.from(data.toString(), 'base64') : data)));
}
