import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequest } from '../../apimachinery/index.ts';
import type { Clock, Logger } from '../../component-base/index.ts';
import { proxyUpgrade } from '../streaming/proxy-upgrade.ts';
import { serveUpgrade as serveConnection } from '../streaming/serve-upgrade.ts';
import type { UpgradeRequest } from '../streaming/websocket.ts';
import type { ApiRequest, CompleteAnswer, ConnectionAnswer } from './api-request.ts';
import { failureAnswer, requestTimedOut } from './failure.ts';
import type { Handled } from './handler.ts';
import { streamOverWebSocket } from './stream-over-websocket.ts';

export interface Upgrading {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly target: Pick<ApiRequest, 'path' | 'query'>;
}

export interface UpgradingDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborts when the server stops. */
  readonly stop: AbortSignal;
  /** What to answer at once instead of handling it. */
  readonly refusal: CompleteAnswer | undefined;
  readonly handle: (life: Pick<ApiRequest, 'signal' | 'keepOpen'>) => Promise<Handled>;
}

const SETUP_MS = 60_000;

/** From a request for an upgrade to the end of the connection that it became. Never rejects. */
export async function serveUpgrade(upgrading: Upgrading, deps: UpgradingDeps): Promise<void> {
  const { request, socket, head, target } = upgrading;
  const { clock, log, stop, refusal, handle } = deps;
  const life = new AbortController();
  const gone = () => {
    life.abort(new Error('the client is gone'));
  };
  socket.once('close', gone).on('error', gone);
  if (refusal !== undefined) {
    refuse(socket, refusal, {});
    return;
  }
  const tooLate = clock.after(SETUP_MS, () => {
    life.abort(requestTimedOut());
  });
  const handled = await handle({ signal: life.signal, keepOpen: tooLate });
  tooLate();
  const { answer, ended, auditId } = handled;
  const headers = { 'Audit-Id': auditId, 'Cache-Control': 'no-cache, private' };
  try {
    const upgrade = { request, socket, head, headers };
    if (answer.type === 'connection') {
      await connected(answer, upgrade, { clock, query: target.query, signal: stop });
    } else if (answer.type === 'complete') refuse(socket, answer, headers);
    else if (answer.type === 'stream' && request.headers.upgrade?.toLowerCase() === 'websocket') {
      await streamOverWebSocket(answer, upgrade, stop);
    } else refuse(socket, failureAnswer(badRequest('this cannot be had over an upgraded connection'), log), headers);
  } catch (err) {
    refuse(socket, failureAnswer(err, log), headers);
  } finally {
    ended();
  }
}

async function connected(
  { connection }: ConnectionAnswer,
  upgrade: UpgradeRequest,
  deps: Parameters<typeof serveConnection>[2],
): Promise<void> {
  if (connection.type !== 'proxy') await serveConnection(connection, upgrade, deps);
  else await proxyUpgrade(connection.target, upgrade, { query: deps.query.toString(), signal: deps.signal });
}

/** An answer of HTTP/1.1, after which the connection is closed. */
function refuse(socket: Duplex, answer: CompleteAnswer, own: Readonly<Record<string, string>>): void {
  if (!socket.writable) return;
  const body = Buffer.from(answer.body);
  const headers = {
    ...own,
    ...answer.headers,
    'Content-Type': answer.contentType,
    'Content-Length': String(body.length),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`;
  socket.end(Buffer.concat([Buffer.from([status, ...lines, '', ''].join('\r\n')), body]));
}
