import { isNotFound, isStatusError } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { untilAborted, withDeadline } from '../../src/component-base/index.ts';
import type { Observation } from './health-judgement.ts';

/** Codes of OpenSSL and of Node for a certificate that cannot be trusted, and for a handshake that failed. */
const UNTRUSTED = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|HOSTNAME_MISMATCH)/;
const REFUSED = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ERR_HTTP2_STREAM_CANCEL']);

/**
 * One look at a member: `/readyz`, or `/healthz` where that is not served. Resolves always, unless `signal` aborts;
 * gives up by itself after `timeoutMs` even if the client pays no heed to its signal.
 */
export async function probe(client: Client, timeoutMs: number, signal: AbortSignal): Promise<Observation> {
  const deadline = withDeadline(timeoutMs, signal);
  try {
    const answer = await readiness(client, deadline);
    return answer.trim().toLowerCase() === 'ok' ? { kind: 'ok' } : { kind: 'notOk', detail: '' };
  } catch (err) {
    signal.throwIfAborted();
    if (isStatusError(err)) return { kind: 'notOk', detail: err.message };
    // Somebody answers. That we cannot trust it, or it us, is a matter of credentials and clocks, and says nothing of its clients.
    const code = codesOf(err).find((candidate) => UNTRUSTED.test(candidate));
    if (code !== undefined) return { kind: 'notOk', detail: `no trusted connection: ${code}` };
    return { kind: isRefusal(err) ? 'refused' : 'silent' };
  }
}

async function readiness(client: Client, signal: AbortSignal): Promise<string> {
  try {
    return await untilAborted(client.raw('/readyz', { signal }), signal);
  } catch (err) {
    if (!isNotFound(err)) throw err;
    return untilAborted(client.raw('/healthz', { signal }), signal);
  }
}

function codesOf(err: unknown): readonly string[] {
  const codes: string[] = [];
  for (let cause = err; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') codes.push(cause.code);
  }
  return codes;
}

function isRefusal(err: unknown): boolean {
  for (let cause = err; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && REFUSED.has(cause.code)) return true;
    if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(isRefusal);
  }
  return false;
}
