import { isObject } from '../../src/apimachinery/index.ts';

/**
 * Whom a token speaks for, as it says itself: two tokens of one account are the same to those who only want to know
 * whether to begin anew. A token that says nothing speaks for itself.
 */
export function tokenIdentity(token: string): string {
  const [, payload = ''] = token.split('.');
  const claims = parsed(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!isObject(claims)) return token;
  const { iss, sub } = claims;
  if (typeof iss !== 'string' || typeof sub !== 'string') return token;
  return JSON.stringify([iss, sub, accountUid(claims['kubernetes.io'])]);
}

function accountUid(claims: unknown): unknown {
  const account = isObject(claims) ? claims['serviceaccount'] : undefined;
  return isObject(account) ? account['uid'] : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}
