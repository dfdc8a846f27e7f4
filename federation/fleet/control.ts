import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { chmod, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { aborted, type Clock, type Runnable } from '../../src/component-base/index.ts';
import type { CertificateStatus } from './certificate-reminder.ts';
import type { ComponentStatus } from './component.ts';

/** What `koinon` commands ask of a running supervisor, as HTTP with JSON over a Unix socket private to the user. */
export interface FleetControl {
  status(signal: AbortSignal): Promise<FleetStatus>;
  /** Steps of the start as they happen; ends when the fleet is ready, or after a `failed` step. */
  progress(signal: AbortSignal): AsyncIterable<ProgressStep>;
  /** Rejects with `UnknownComponent`. */
  act(action: ComponentAction, component: string, signal: AbortSignal): Promise<void>;
  createCluster(cluster: NewCluster, signal: AbortSignal): Promise<void>;
  /** Answers when everything but the supervisor itself is gone. */
  shutdown(keepData: boolean, signal: AbortSignal): Promise<void>;
  /** Remembers whether a member is to be in the federation. */
  setJoined(component: string, joined: boolean, signal: AbortSignal): Promise<void>;
}

export type ComponentAction = 'start' | 'stop' | 'kill';

export interface NewCluster {
  readonly name: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly nodes: number;
}

export interface FleetStatus {
  readonly ready: boolean;
  readonly directory: string;
  readonly federation: { readonly name: string; readonly domain: string; readonly dnsAddress: string };
  readonly components: readonly ComponentStatus[];
  readonly certificates: readonly CertificateStatus[];
}

export interface ProgressStep {
  readonly type: 'done' | 'failed' | 'ready';
  readonly text: string;
  /** Since the supervisor began. */
  readonly afterMs: number;
}

const MAX_BODY_BYTES = 64 * 1024;
const CLOSE_WITHIN_MS = 1_000;
/** Longer than any command's work: starting a member takes a minute at the very most. */
const CALL_DEADLINE_MS = 120_000;

/** Serves `control` at `socket` while it runs. The caller holds the fleet's lock, so a socket found there is a dead one's. */
export function controlServer(control: FleetControl, socket: string, clock: Clock): Runnable {
  return {
    name: 'control-server',
    async run(signal, ready) {
      await rm(socket, { force: true });
      const server = createServer((req, res) => {
        answer(control, req, res).catch((err: unknown) => {
          sendError(res, err);
        });
      });
      await listen(server, socket);
      await chmod(socket, 0o600);
      ready();
      await aborted(signal);
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      // Answers under way may go out; whoever still listens then is cut off.
      const cancel = clock.after(CLOSE_WITHIN_MS, () => {
        server.closeAllConnections();
      });
      await closed;
      cancel();
      await rm(socket, { force: true });
    },
  };
}

function listen(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
}

interface Route {
  /** Path segments: the verb, then what it is about. */
  readonly action: string;
  readonly name: string;
  readonly req: IncomingMessage;
  readonly signal: AbortSignal;
}

/** Calls that answer with JSON, by method and first path segment. */
const routes: Readonly<Record<string, (control: FleetControl, route: Route) => Promise<unknown>>> = {
  'GET status': (control, { signal }) => control.status(signal),
  'POST components': async (control, { action, name, signal }) => {
    if (action !== 'start' && action !== 'stop' && action !== 'kill') throw new Error(`no such action: ${action}`);
    await control.act(action, name, signal);
  },
  'POST membership': (control, { action, name, signal }) => control.setJoined(name, action === 'joined', signal),
  // @NOTE only the client below writes to this socket, which is private to the user; the supervisor validates the values.
  'POST clusters': async (control, { req, signal }) =>
    control.createCluster((await readJson(req)) as NewCluster, signal),
  'POST shutdown': (control, { action, signal }) => control.shutdown(action === 'keep-data', signal),
};

async function answer(control: FleetControl, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const gone = new AbortController();
  res.once('close', () => {
    gone.abort();
  });
  const [, verb = '', action = '', name = ''] = (req.url ?? '').split('/').map(decodeURIComponent);
  const call = `${req.method ?? ''} ${verb}`;
  if (call === 'GET progress') {
    res.writeHead(200, { 'content-type': 'application/x-ndjson' });
    res.flushHeaders();
    for await (const step of control.progress(gone.signal)) res.write(`${JSON.stringify(step)}\n`);
    res.end();
    return;
  }
  const route = routes[call];
  if (route === undefined) sendJson(res, 404, { message: `the supervisor does not know ${call}` });
  else sendJson(res, 200, (await route(control, { action, name, req, signal: gone.signal })) ?? {});
}

function sendJson(res: ServerResponse, code: number, body: unknown): void {
  res.writeHead(code, { 'content-type': 'application/json' });
  res.end(JSON.stringify(body));
}

function sendError(res: ServerResponse, err: unknown): void {
  if (res.headersSent) res.destroy();
  else sendJson(res, 500, { message: err instanceof Error ? err.message : String(err) });
}

async function readJson(stream: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error(`a body of more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** No supervisor answers at the socket. */
export class NotRunning extends Error {
  constructor(options?: ErrorOptions) {
    super('no fleet is running; "koinon up" starts one', options);
    this.name = 'NotRunning';
  }
}

/** Whether a supervisor listens at the socket: what it says there may take as long as its slowest component. */
export async function listensAt(socketPath: string): Promise<boolean> {
  const probe = connect(socketPath);
  try {
    await once(probe, 'connect');
    return true;
  } catch (err) {
    if (isAbsent(err)) return false;
    throw err;
  } finally {
    probe.destroy();
  }
}

/** The other end of `controlServer`. Calls reject with `NotRunning`, or with what the supervisor said. */
export function controlClient(socket: string): FleetControl {
  const call = async (method: string, path: string, options: { body?: unknown; signal: AbortSignal }) => {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(CALL_DEADLINE_MS)]);
    const res = await send(socket, { method, path, signal, body: options.body });
    const body = await readJson(res);
    if (res.statusCode === 200) return body;
    const message = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : 'no answer';
    throw new Error(message);
  };
  return {
    // @NOTE both ends are this file's.
    status: async (signal) => (await call('GET', '/status', { signal })) as FleetStatus,
    async *progress(signal) {
      const res = await send(socket, { method: 'GET', path: '/progress', signal });
      let rest = '';
      res.setEncoding('utf8');
      for await (const chunk of res as AsyncIterable<string>) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        // @NOTE both ends are this file's.
        for (const line of lines) yield JSON.parse(line) as ProgressStep;
      }
    },
    act: async (action, component, signal) => {
      await call('POST', `/components/${action}/${encodeURIComponent(component)}`, { signal });
    },
    setJoined: async (component, joined, signal) => {
      await call('POST', `/membership/${joined ? 'joined' : 'left'}/${encodeURIComponent(component)}`, { signal });
    },
    createCluster: async (cluster, signal) => {
      await call('POST', '/clusters', { body: cluster, signal });
    },
    shutdown: async (keepData, signal) => {
      await call('POST', keepData ? '/shutdown/keep-data' : '/shutdown/', { signal });
    },
  };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly signal: AbortSignal;
  readonly body?: unknown;
}

const isAbsent = (err: unknown) =>
  err instanceof Error && 'code' in err && (err.code === 'ENOENT' || err.code === 'ECONNREFUSED');

const isTimeout = (reason: unknown) => reason instanceof Error && reason.name === 'TimeoutError';

function send(socketPath: string, { method, path, signal, body }: Call): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath, method, path, signal, headers: { connection: 'close' } }, resolve);
    req.once('error', (err) => {
      if (isAbsent(err)) reject(new NotRunning({ cause: err }));
      else if (isTimeout(signal.reason)) reject(new Error('the supervisor does not answer', { cause: err }));
      else reject(err);
    });
    req.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
