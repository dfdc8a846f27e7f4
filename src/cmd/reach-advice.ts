import { isStatusError } from '../apimachinery/index.ts';
import type { Client } from '../client/index.ts';
import { untilAborted, withDeadline } from '../component-base/index.ts';

const REACH_DEADLINE_MS = 10_000;

export interface Peer {
  /** Such as `cluster "east"`. */
  readonly what: string;
  readonly context: string;
  readonly url: string;
}

/** Rejects, with what may be done about it, unless the API server answers. */
export async function assertReachable(client: Client, peer: Peer, signal: AbortSignal): Promise<void> {
  const deadline = withDeadline(REACH_DEADLINE_MS, signal);
  try {
    await untilAborted(client.raw('/version', { signal: deadline }), deadline);
  } catch (err) {
    signal.throwIfAborted();
    const { what, context, url } = peer;
    const where = `${what} (${url}, by the context ${JSON.stringify(context)})`;
    throw new Error(`${where} cannot be used: ${reasonOf(err)}. ${adviceFor(err)}`, { cause: err });
  }
}

function reasonOf(err: unknown): string {
  if (err instanceof Error && err.name === 'TimeoutError') return `no answer within ${REACH_DEADLINE_MS / 1000} s`;
  return err instanceof Error ? err.message : String(err);
}

function adviceFor(err: unknown): string {
  if (isStatusError(err)) {
    if (err.code === 401) return 'Its API server answers, but does not know this user: the credentials may have ended';
    if (err.code === 403) return 'Its API server answers, but this user may not even ask for its version';
    return 'Its API server answers, but is not well: try again when /readyz says ok';
  }
  const codes = codesOf(err);
  const has = (pattern: RegExp) => codes.some((code) => pattern.test(code));
  if (has(/^ECONNREFUSED$/)) return 'Nothing listens there: is its API server running, and is this the right port?';
  if (has(/^(ENOTFOUND|EAI_AGAIN)$/))
    return 'The name of its server cannot be resolved here: see the server of that context';
  if (has(/^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO)/)) {
    return 'Its certificate is not one that the context believes: see certificate-authority-data, and the name in the server URL';
  }
  return 'Is the network to it up, and does a firewall or a VPN stand between?';
}

function codesOf(err: unknown): readonly string[] {
  const codes: string[] = [];
  for (let cause = err; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') codes.push(cause.code);
  }
  return codes;
}

/** What the user of a context lacks, said beside what the server said. */
export function withRightsAdvice(err: unknown, { what, context }: Pick<Peer, 'what' | 'context'>): unknown {
  if (!isStatusError(err) || err.code !== 403) return err;
  return new Error(
    `${err.message}. The user of the context ${JSON.stringify(context)} may not do that in ${what}: joining makes an account with a ClusterRole there, which takes an administrator. To let the federation act as a user that is there already, give --credentials-kubeconfig`,
    { cause: err },
  );
}
