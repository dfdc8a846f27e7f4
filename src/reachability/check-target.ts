import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { withDeadline } from '../component-base/index.ts';
import type { ShardTarget } from './target.ts';

/** `failing`: somebody answers, and says that it is not well. `silent`: no answer in time, or no way to the host. */
export type CheckOutcome = 'answered' | 'failing' | 'refused' | 'silent';

export interface CheckOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const REFUSED = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

/** One look at an address, as a client would look at it. Resolves always, also when `signal` aborts: then it was silent. */
export async function checkTarget(target: ShardTarget, { timeoutMs, signal }: CheckOptions): Promise<CheckOutcome> {
  const deadline = withDeadline(timeoutMs, signal);
  let worst: CheckOutcome = 'silent';
  for (const port of target.ports) {
    const outcome = await checkPort(target, port, deadline);
    if (outcome === 'answered') return outcome;
    worst = outcome;
    // Only where nobody listens is it worth to look elsewhere.
    if (outcome !== 'refused') break;
  }
  return worst;
}

function checkPort(target: ShardTarget, port: number, signal: AbortSignal): Promise<CheckOutcome> {
  return target.check.kind === 'tcp'
    ? checkConnection(target.host, port, signal)
    : checkAnswer(target.check, target.host, { port, signal });
}

/**
 * A kernel takes connections for a program that hangs. So we say goodbye at once, and who says it back, or anything at
 * all, is alive. A service that never ends its side has not been reached, and then nothing is concluded from that.
 */
function checkConnection(host: string, port: number, signal: AbortSignal): Promise<CheckOutcome> {
  const { promise, resolve } = Promise.withResolvers<CheckOutcome>();
  const socket = connect({ host, port, signal });
  const answered = () => {
    resolve('answered');
    socket.destroy();
  };
  socket.once('connect', () => socket.end());
  socket.once('data', answered).once('end', answered);
  socket.on('error', (err) => {
    resolve(outcomeOf(err));
  });
  socket.once('close', () => {
    resolve('silent');
  });
  return promise;
}

function checkAnswer(
  { kind, path }: { readonly kind: 'http' | 'https'; readonly path?: string },
  host: string,
  { port, signal }: { readonly port: number; readonly signal: AbortSignal },
): Promise<CheckOutcome> {
  const { promise, resolve } = Promise.withResolvers<CheckOutcome>();
  const options = { host, port, path: path ?? '/', signal, agent: false, headers: { 'user-agent': 'koinon-health' } };
  // Whether clients reach it is asked, not who it is.
  const request =
    kind === 'https' ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest({ ...options });
  request.once('response', (response) => {
    const { statusCode = 0 } = response;
    resolve(path === undefined || (statusCode >= 200 && statusCode < 400) ? 'answered' : 'failing');
    response.destroy();
  });
  request.on('error', (err) => {
    resolve(outcomeOf(err));
  });
  request.end();
  return promise;
}

function outcomeOf(err: Error): CheckOutcome {
  return 'code' in err && typeof err.code === 'string' && REFUSED.has(err.code) ? 'refused' : 'silent';
}
