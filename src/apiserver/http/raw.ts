import { isObject, statusError, StatusError, type Status } from '../../apimachinery/index.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { ApiRequest } from './api-request.ts';
import type { Handler } from './handler.ts';

/** Nobody reads warnings here, and the audit log is of requests over HTTPS. */
const UNHEARD = { warn: () => undefined, annotate: () => undefined };

interface RawOptions {
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/** GET of any path without a network, for the in-process client. */
export function rawReader(handler: () => Handler) {
  return async (target: string, user: UserInfo, { accept, signal }: RawOptions): Promise<string> => {
    signal?.throwIfAborted();
    const answer = await handler().answerAs(user, requestOf(target, { accept, signal }), UNHEARD);
    if (answer.type !== 'complete') throw new TypeError(`${target} is a stream: watch it, or follow it over HTTPS`);
    const body = answer.body.toString();
    if (answer.status < 300) return body;
    throw statusOf(body) ?? statusError(answer.status, answer.status === 404 ? 'NotFound' : 'Unknown', body.trim());
  };
}

function requestOf(
  target: string,
  { accept, signal }: { readonly accept: string | undefined; readonly signal: AbortSignal | undefined },
): ApiRequest {
  const mark = target.indexOf('?');
  return {
    method: 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: { accept },
    body: Buffer.alloc(0),
    sourceIps: () => [],
    identityHeaders: () => ({}),
    credentials: () => ({}),
    signal: signal ?? new AbortController().signal,
    keepOpen: () => undefined,
  };
}

function statusOf(body: string): StatusError | undefined {
  if (!body.startsWith('{')) return undefined;
  const value: unknown = JSON.parse(body);
  // @NOTE whatever the handler answers with this kind it made of a StatusError.
  return isObject(value) && value['kind'] === 'Status' ? new StatusError(value as unknown as Status) : undefined;
}
