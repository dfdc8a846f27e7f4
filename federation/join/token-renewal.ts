import { parseTime } from '../../src/apimachinery/index.ts';
import { secrets, type Secret } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { FEDERATION_SYSTEM_NAMESPACE, type Cluster } from '../apis/index.ts';
import { bookkeeping } from './bookkeeping.ts';
import { requestToken } from './member-token.ts';
import { withToken } from './stored-credentials.ts';

/** A token is replaced a day after it was issued, or half-way to its end where that is sooner: the hub may be away for a while. */
const LONGEST_USE_MS = 24 * 60 * 60 * 1000;

export interface TokenTimes {
  readonly seconds: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Of the token in the Secret; `undefined` for credentials that are not ours to renew. */
export function tokenTimes({ metadata }: Secret): TokenTimes | undefined {
  const { annotations = {} } = metadata;
  const seconds = Number(annotations[bookkeeping.tokenSeconds]);
  const issuedAt = parseTime(annotations[bookkeeping.tokenIssued]);
  const expiresAt = parseTime(annotations[bookkeeping.tokenExpires]);
  if (!Number.isInteger(seconds) || issuedAt === undefined || expiresAt === undefined) return undefined;
  return { seconds, issuedAt, expiresAt };
}

/** How long until the token should be replaced; 0 when it should now. */
export function renewalDueMs({ issuedAt, expiresAt }: TokenTimes, now: number): number {
  const use = Math.min(LONGEST_USE_MS, (expiresAt - issuedAt) / 2);
  return Math.max(0, Math.ceil(issuedAt + use - now));
}

/** Asks the member for a new token as who we are there, and stores it. Resolves to its times. */
export async function renewToken(
  { federation, member, now }: { readonly federation: Client; readonly member: Client; readonly now: number },
  { cluster, secret, seconds }: { readonly cluster: Cluster; readonly secret: Secret; readonly seconds: number },
  signal: AbortSignal,
): Promise<TokenTimes> {
  const { annotations = {} } = cluster.metadata;
  const account = {
    serviceAccount: annotations[bookkeeping.serviceAccount] ?? '',
    namespace: annotations[bookkeeping.memberNamespace] ?? FEDERATION_SYSTEM_NAMESPACE,
  };
  const { token, expiresAt } = await requestToken(member, account, seconds, signal);
  if (expiresAt === undefined) throw new Error('the member did not say when the new token ends');
  await federation.update(secrets, withToken(secret, token, now, expiresAt), { signal });
  return { seconds, issuedAt: now, expiresAt };
}
