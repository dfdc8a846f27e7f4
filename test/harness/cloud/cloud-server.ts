import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CloudRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CloudAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A provider's API for a test, on loopback. */
export interface CloudServer extends AsyncDisposable {
  readonly url: string;
  /** All that were received, in order. */
  readonly requests: readonly CloudRequest[];
  /** The next requests that `match` are answered so, one after the other. */
  answerNext(match: (request: CloudRequest) => boolean, ...answers: readonly CloudAnswer[]): void;
  /** Closes connections without an answer until what it gives is called. */
  interrupt(): () => void;
}

export async function startCloudServer(
  handle: (request: CloudRequest) => CloudAnswer | Promise<CloudAnswer>,
): Promise<CloudServer> {
  const requests: CloudRequest[] = [];
  const told: { match: (request: CloudRequest) => boolean; answer: CloudAnswer }[] = [];
  let isInterrupted = false;

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      let body = '';
      for await (const chunk of incoming) body += String(chunk);
      if (isInterrupted) {
        incoming.socket.destroy();
        return;
      }
      const { method = 'GET', headers } = incoming;
      const request = { method, url: new URL(incoming.url ?? '/', 'http://server'), headers, body };
      requests.push(request);
      const at = told.findIndex(({ match }) => match(request));
      const [next] = at === -1 ? [] : told.splice(at, 1);
      const answer = next?.answer ?? (await handle(request));
      outgoing.writeHead(answer.status, { ...answer.headers });
      outgoing.end(answer.body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // @NOTE a TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answerNext: (match, ...answers) => {
      for (const answer of answers) told.push({ match, answer });
    },
    interrupt: () => {
      isInterrupted = true;
      server.closeAllConnections();
      return () => {
        isInterrupted = false;
      };
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
