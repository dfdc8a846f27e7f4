import { isStatusError, parseTime } from '../../src/apimachinery/index.ts';
import {
  configMaps,
  secrets,
  serviceAccounts,
  tokenRequestBody,
  type Secret,
  type TokenRequest,
} from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import { bookkeeping } from './bookkeeping.ts';
import { remove } from './ensure.ts';
import { isNotServed } from './is-not-served.ts';
import type { Undo } from './undo.ts';

interface AccountNames {
  readonly namespace: string;
  readonly serviceAccount: string;
}

export interface AccountToken {
  readonly token: string;
  /** PEM of the member's authority, where the member told it beside the token. */
  readonly ca?: string;
  /** Milliseconds since the epoch; absent for tokens that do not end. */
  readonly expiresAt?: number;
  /** The Secret in the member that it came from, if it came from one. */
  readonly secret?: string;
}

export interface TokenOptions {
  readonly member: Client;
  readonly names: AccountNames;
  /** How long it shall be good; the member may give less. */
  readonly seconds: number;
  /** How long a member without TokenRequest may take. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A token that ends, or where the member issues none, one that does not, in a Secret there. */
export async function issueToken(options: TokenOptions, done: Undo): Promise<AccountToken> {
  const { member, names, seconds, signal } = options;
  try {
    return await requestToken(member, names, seconds, signal);
  } catch (err) {
    // Before 1.20, or whoever joins may make Secrets but not this.
    if (!isNotServed(err) && !(isStatusError(err) && err.code === 403)) throw err;
    return await lastingToken(options, done);
  }
}

/** Asks the member for a token of the account. */
export async function requestToken(
  member: Client,
  { namespace, serviceAccount: name }: AccountNames,
  seconds: number,
  signal: AbortSignal,
): Promise<AccountToken> {
  const { status = {} } = await member.createSubresource<TokenRequest>(
    serviceAccounts,
    { name, namespace },
    'token',
    {
      apiVersion: `${tokenRequestBody.group}/${tokenRequestBody.version}`,
      kind: tokenRequestBody.kind,
      metadata: {},
      spec: { expirationSeconds: seconds },
    },
    { signal },
  );
  if (status.token === undefined || status.token === '') throw new Error(`no token came for service account ${name}`);
  const expiresAt = parseTime(status.expirationTimestamp);
  return { token: status.token, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** A new one each time: what is there may be known to somebody by now. */
async function lastingToken(options: TokenOptions, done: Undo): Promise<AccountToken> {
  const { member, names, signal } = options;
  const { namespace, serviceAccount } = names;
  const secret = await member.create<Secret>(
    secrets,
    {
      metadata: {
        generateName: `${serviceAccount}-token-`,
        namespace,
        labels: { [bookkeeping.account]: serviceAccount },
        annotations: { 'kubernetes.io/service-account.name': serviceAccount },
      },
      type: 'kubernetes.io/service-account-token',
    },
    { signal },
  );
  const { name = '' } = secret.metadata;
  done.push({ what: `secret ${name}`, undo: (own) => remove(member, secrets, { name, namespace }, own) });
  return awaitToken(options, name);
}

const TOKEN_POLL_MS = 50;

async function awaitToken(
  { member, names, clock, timeoutMs, signal }: TokenOptions,
  name: string,
): Promise<AccountToken> {
  const { namespace, serviceAccount } = names;
  const until = clock.now() + timeoutMs;
  for (;;) {
    const { data = {} } = await member.get(secrets, { name, namespace }, { signal });
    const token = decoded(data['token']);
    if (token !== '') {
      const ca = decoded(data['ca.crt']);
      return { token, secret: name, ...(ca === '' ? {} : { ca }) };
    }
    if (clock.now() >= until) {
      throw new Error(`the cluster issued no token for service account ${serviceAccount} within ${timeoutMs} ms`);
    }
    await clock.sleep(TOKEN_POLL_MS, signal);
  }
}

/** Ends all tokens of the account that do not end by themselves, but that in the Secret `kept`. */
export async function dropLastingTokens(
  member: Client,
  { namespace, serviceAccount }: AccountNames,
  kept: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const labelSelector = `${bookkeeping.account}=${serviceAccount}`;
  const { items } = await member.list(secrets, { namespace, labelSelector, signal });
  const names = items.map(({ metadata }) => metadata.name ?? '').filter((name) => name !== kept);
  // As it was called before there were several.
  for (const name of [...names, `${serviceAccount}-token`]) await remove(member, secrets, { name, namespace }, signal);
}

/** Every Kubernetes since 1.20 puts its authority in each namespace. */
export async function authorityOf(member: Client, namespace: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { data = {} } = await member.get(configMaps, { name: 'kube-root-ca.crt', namespace }, { signal });
    return data['ca.crt'];
  } catch (err) {
    if (isStatusError(err) && (err.code === 404 || err.code === 403)) return undefined;
    throw err;
  }
}

function decoded(text = ''): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
