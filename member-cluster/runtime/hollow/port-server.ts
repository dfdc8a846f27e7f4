import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { performServerHandshake } from 'node:http2';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { HostPort } from '../../host-ports/index.ts';
import type { ContainerPortConfig } from '../container-runtime.ts';
import { answerGrpc, beginsHttp2 } from './grpc-health.ts';
import { identityJson, identityText, type Identity } from './identity.ts';

/** One container, as seen from its ports. */
export interface Answering {
  readonly identity: Identity;
  log(stream: 'stdout' | 'stderr', line: string): void;
}

/** The listening ports of one container. */
export interface Listening {
  /** A sentence for each port that could not be listened on. */
  readonly problems: readonly string[];
  /** From now on every connection is over with its next answer. */
  drain(): void;
  close(): void;
}

/** What a client that says nothing is given. */
const SILENCE_MS = 60_000;

/**
 * Answers for all hollow containers of a node. One HTTP server serves the connections of every port; what a port has of
 * its own is no more than a listening socket.
 */
export class PortServer {
  readonly #hostPort: HostPort;
  readonly #answering = new WeakMap<Socket, Answering>();
  readonly #draining = new WeakSet<Answering>();
  readonly #http = createHttpServer((request, response) => {
    const container = this.#answering.get(request.socket);
    if (container === undefined) request.socket.destroy();
    else {
      response.shouldKeepAlive &&= !this.#draining.has(container);
      answer(container, request, response);
    }
  });

  constructor(hostPort: HostPort) {
    this.#hostPort = hostPort;
    this.#http.on('clientError', (_err, socket: Socket) => {
      const container = this.#answering.get(socket);
      if (container === undefined || !socket.writable) socket.destroy();
      else answerPlain(container, socket);
    });
  }

  async listen(container: Answering, ip: string, ports: readonly ContainerPortConfig[]): Promise<Listening> {
    const open: (() => void)[] = [];
    const problems: string[] = [];
    for (const { containerPort, protocol } of ports) {
      const port = this.#hostPort(ip, containerPort);
      try {
        open.push(
          protocol === 'UDP' ? await listenUdp(container, ip, port) : await this.#listenTcp(container, ip, port),
        );
      } catch (err) {
        problems.push(problemOf(err, ip, port));
      }
    }
    return {
      problems,
      drain: () => this.#draining.add(container),
      close: () => {
        for (const close of open) close();
      },
    };
  }

  async #listenTcp(container: Answering, ip: string, port: number): Promise<() => void> {
    const sockets = new Set<Socket>();
    const server = createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      this.#answering.set(socket, container);
      socket.once('end', () => {
        if (socket.bytesRead === 0 && socket.writable) answerPlain(container, socket);
      });
      socket.on('error', () => socket.destroy());
      socket.setTimeout(SILENCE_MS, () => socket.destroy());
      socket.once('data', (first: Buffer) => {
        socket.setTimeout(0).removeAllListeners('timeout');
        this.#speak(container, socket, first);
      });
    });
    await listening(server, ip, port);
    return () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    };
  }

  /** What a client says first tells its protocol. */
  #speak(container: Answering, socket: Socket, first: Buffer): void {
    socket.pause();
    socket.unshift(first);
    if (!beginsHttp2(first)) {
      this.#http.emit('connection', socket);
      // It has begun to listen, and takes what is there as if it came now.
      setImmediate(() => socket.resume());
      return;
    }
    const session = performServerHandshake(socket);
    session.on('error', () => undefined);
    session.setTimeout(SILENCE_MS, () => {
      session.close();
    });
    session.on('stream', (stream, headers) => {
      container.log('stdout', `${socket.remoteAddress ?? ''} gRPC ${headers[':path'] ?? ''}`);
      answerGrpc(stream, headers);
    });
  }
}

function answer(container: Answering, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/', headers, socket } = request;
  const [path, query] = url.split('?', 2);
  const json = headers.accept?.includes('application/json') === true || query?.includes('format=json') === true;
  request.resume();
  if (path === '/healthz') send(response, 'text/plain', 'ok\n');
  else if (json) send(response, 'application/json', identityJson(container.identity));
  else send(response, 'text/plain', identityText(container.identity));
  container.log('stdout', `${socket.remoteAddress ?? ''} ${method} ${url} 200`);
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function answerPlain(container: Answering, socket: Socket): void {
  container.log('stdout', `${socket.remoteAddress ?? ''} TCP ${socket.bytesRead} bytes`);
  socket.end(identityText(container.identity));
}

async function listenUdp(container: Answering, ip: string, port: number): Promise<() => void> {
  const socket: UdpSocket = createSocket('udp4');
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  socket.once('error', reject);
  socket.bind(port, ip, () => {
    resolve(undefined);
  });
  await promise;
  socket.off('error', reject);
  const text = identityText(container.identity);
  const failed = (err: Error) => {
    container.log('stderr', `UDP port ${port}: ${err.message}`);
  };
  socket.on('error', failed);
  socket.on('message', (message, from) => {
    container.log('stdout', `${from.address} UDP ${message.length} bytes`);
    socket.send(text, from.port, from.address, (err) => {
      if (err !== null) failed(err);
    });
  });
  return () => {
    socket.close();
  };
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  server.listen({ host, port }, () => {
    server.off('error', reject);
    resolve(undefined);
  });
  await promise;
}

function problemOf(err: unknown, ip: string, port: number): string {
  const code = err instanceof Error && 'code' in err ? err.code : undefined;
  const where = `${ip}:${port}`;
  if (code === 'EACCES') {
    return `cannot listen on ${where}: this user may not use ports below 1024; give the container a higher port, or lower net.ipv4.ip_unprivileged_port_start`;
  }
  if (code === 'EADDRINUSE') return `cannot listen on ${where}: another process does`;
  return `cannot listen on ${where}: ${err instanceof Error ? err.message : String(err)}`;
}
