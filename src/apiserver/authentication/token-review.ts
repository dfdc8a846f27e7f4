import { badRequest, type KubeObject } from '../../apimachinery/index.ts';
import type { SubresourceRequest, UserInfo } from '../resource-definition.ts';
import type { Authenticator } from '../security.ts';
import { authenticated } from './users.ts';

/** The wire form of a user. */
interface WireUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

function wireUser({ username, uid, groups, extra }: UserInfo): WireUser {
  return {
    username,
    groups,
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined || Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

interface TokenReview extends KubeObject {
  readonly spec: { readonly token: string; readonly audiences?: readonly string[] };
  readonly status?: {
    readonly authenticated?: boolean;
    readonly user?: object;
    readonly audiences?: readonly string[];
    readonly error?: string;
  };
}

const UNKNOWN = 'invalid bearer token';

/** Answers TokenReview: whose token is this, and is it for one of the audiences that ask? `authenticators` are the server's. */
export function answerTokenReview<T extends TokenReview>(
  authenticators: () => readonly Authenticator[],
  ownAudience: string,
): (review: T, request: SubresourceRequest) => Promise<T> {
  return async (review, { signal }) => {
    const { token, audiences: asked = [] } = review.spec;
    if (token === '') throw badRequest('token is required for TokenReview in authentication');
    const credentials = { bearerToken: token, ...(asked.length === 0 ? {} : { audiences: asked }) };
    try {
      for (const ask of authenticators()) {
        const found = await ask(credentials, signal);
        if (found === undefined) continue;
        const wanted = asked.length === 0 ? [ownAudience] : asked;
        // Tokens that say nothing of audiences are for the server itself.
        const audiences = wanted.filter((audience) => (found.audiences ?? [ownAudience]).includes(audience));
        if (audiences.length === 0) break;
        return { ...review, status: { authenticated: true, user: wireUser(authenticated(found)), audiences } };
      }
      return { ...review, status: { user: {}, error: UNKNOWN } };
    } catch (err) {
      signal.throwIfAborted();
      return { ...review, status: { user: {}, error: `[${UNKNOWN}, ${reasonOf(err)}]` } };
    }
  };
}

/** Whoever sent a bad token is told no more than 401; whoever asks about one is told why. */
function reasonOf(err: unknown): string {
  const { cause } = err instanceof Error ? err : {};
  if (cause instanceof Error) return cause.message;
  return err instanceof Error ? err.message : String(err);
}

interface SelfSubjectReview extends KubeObject {
  readonly status?: { readonly userInfo?: object };
}

/** Answers SelfSubjectReview: who am I? */
export async function answerSelfSubjectReview<T extends SelfSubjectReview>(
  review: T,
  { user }: SubresourceRequest,
): Promise<T> {
  return { ...review, status: { userInfo: wireUser(user) } };
}
