import { badRequest, isObject, type StatusError, type UnknownObject } from '../../apimachinery/index.ts';
import type { Revision } from '../../storage/index.ts';

/** Where a list that came in pages goes on. */
export interface ContinueToken {
  /** The revision that all pages are the state of; -1: whatever is there now. */
  readonly revision: Revision;
  /** The key, without the resource's prefix, of the last object sent. */
  readonly after: string;
}

export const ANY_REVISION = -1;

/** Kubernetes names the first key of the next page: the last one with a zero byte behind it. */
export function encodeContinue({ revision, after }: ContinueToken): string {
  const token = { v: 'meta.k8s.io/v1', rv: revision, start: `${after}\0` };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

export function decodeContinue(text: string): ContinueToken {
  const { v, rv, start } = parse(text);
  if (v !== 'meta.k8s.io/v1') throw notValid('server does not recognize this encoded version');
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) {
    throw notValid('incorrect encoded start resourceVersion');
  }
  if (typeof start !== 'string' || start === '') throw notValid('encoded start key empty or invalid');
  return { revision: rv, after: start.endsWith('\0') ? start.slice(0, -1) : start };
}

function notValid(why: string, cause?: unknown): StatusError {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`, cause);
}

function parse(text: string): UnknownObject {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (isObject(token)) return token;
  } catch (err) {
    throw notValid('it is not base64url of JSON', err);
  }
  throw notValid('incorrect encoded token');
}
