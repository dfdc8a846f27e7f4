import { createHash, timingSafeEqual } from 'node:crypto';
import { isNotFound, parseTime, type KubeObject } from '../../apimachinery/index.ts';
import type { Client } from '../../client/index.ts';
import type { Clock } from '../../component-base/index.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { Authenticator } from '../security.ts';
import { boundResources } from './token-objects.ts';

export interface BootstrapTokenDeps {
  readonly own: Client;
  readonly clock: Clock;
}

const NAMESPACE = 'kube-system';
const SECRET_TYPE = 'bootstrap.kubernetes.io/token';
const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const DEFAULT_GROUP = 'system:bootstrappers';
const EXTRA_GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/** Bearer tokens of nodes that join, each in a Secret of kube-system, as `kubeadm token create` makes them. */
export function bootstrapTokenAuthenticator({ own, clock }: BootstrapTokenDeps): Authenticator {
  return async ({ bearerToken = '' }, signal) => {
    const [, id, secret] = TOKEN.exec(bearerToken) ?? [];
    if (id === undefined || secret === undefined) return undefined;
    const held = await find(own, `bootstrap-token-${id}`, signal);
    return held === undefined ? undefined : userOf(held, { id, secret, now: clock.now() });
  };
}

function userOf(
  { type, metadata, data }: SecretLike,
  { id, secret, now }: { readonly id: string; readonly secret: string; readonly now: number },
): UserInfo | undefined {
  if (metadata.deletionTimestamp !== undefined || type !== SECRET_TYPE) return undefined;
  const text = (key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString('utf8');
  const isRight = text('token-id') === id && isSame(text('token-secret'), secret);
  if (!isRight || text('usage-bootstrap-authentication') !== 'true') return undefined;
  if (isOver(text('expiration'), now)) return undefined;

  const extra = text('auth-extra-groups')
    .split(',')
    .flatMap((group) => (group === '' ? [] : [group]));
  if (!extra.every((group) => EXTRA_GROUP.test(group))) return undefined;
  return { username: `system:bootstrap:${id}`, groups: [DEFAULT_GROUP, ...extra] };
}

interface SecretLike extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

async function find(own: Client, name: string, signal: AbortSignal): Promise<SecretLike | undefined> {
  try {
    return await own.get<SecretLike>(boundResources.Secret, { namespace: NAMESPACE, name }, { signal });
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

/** One that says nothing of an end has none; one that says it wrongly is over. */
function isOver(expiration: string, now: number): boolean {
  if (expiration === '') return false;
  const end = parseTime(expiration);
  return end === undefined || end <= now;
}
