import { badRequest, type ObjectKey } from '../../apimachinery/index.ts';
import { methodNotAllowed } from '../registry/rules.ts';
import type { Connection } from '../streaming/connection.ts';
import type { ApiAnswer, ApiRequest, StreamingAnswer } from './api-request.ts';
import { admitConnection, type ConnectAdmissionDeps, type Connecting } from './connect-admission.ts';
import { splitAtSubresource, type ResourceInfo } from './request-info.ts';
import type { ResourceCall } from './resource-call.ts';

/** What becomes of a request on a subresource that is no object. */
export async function connect(
  deps: ConnectAdmissionDeps,
  part: Connecting,
  call: ResourceCall,
  key: ObjectKey,
): Promise<ApiAnswer> {
  const { info, request, user } = call;
  requireServed(part, info);
  const { signal, method, isUpgrade = false } = request;
  const place = splitAtSubresource(request.path, info);
  if (part.name !== 'proxy' && place.rest.length > 1) throw methodNotAllowed();
  const asked = await admitConnection(deps, part, call, { key, query: ownQuery(request), rest: place.rest });
  request.keepOpen();
  const body = request.bodyStream ?? request.body;
  const connection = await part.connect({
    key,
    user,
    signal,
    dryRun: false,
    method,
    isUpgrade,
    body,
    ...place,
    ...asked,
  });
  return answerOf(connection, request);
}

async function answerOf(connection: Connection, request: ApiRequest): Promise<ApiAnswer> {
  const { isUpgrade = false } = request;
  switch (connection.type) {
    case 'reply':
      return { ...connection, type: 'complete' };
    case 'text':
      return isUpgrade ? { type: 'connection', connection } : streamed(connection);
    case 'command':
    case 'ports':
      if (!isUpgrade) throw badRequest('Upgrade request required');
      return { type: 'connection', connection };
    case 'proxy':
      return isUpgrade ? { type: 'connection', connection } : proxied(connection, request);
  }
}

async function proxied(
  { target }: Connection & { readonly type: 'proxy' },
  { method, headers, query, body, bodyStream, signal }: ApiRequest,
): Promise<ApiAnswer> {
  const { proxyRequest } = await import('../streaming/proxy.ts');
  return proxyRequest(target, { method, headers, query: query.toString(), body: bodyStream ?? body }, signal);
}

function requireServed({ verbs = ['get'] }: Connecting, { verb }: ResourceInfo): void {
  if (!verbs.some((served) => served === verb)) throw methodNotAllowed();
}

/** Without what is about the request and not about the subresource: `kubectl --request-timeout` sends it always. */
function ownQuery({ query }: ApiRequest): URLSearchParams {
  const own = new URLSearchParams(query);
  own.delete('timeout');
  return own;
}

function streamed({ contentType, body }: Connection & { readonly type: 'text' }): StreamingAnswer {
  return {
    type: 'stream',
    contentType,
    run: async (send) => {
      for await (const chunk of body) send(Buffer.from(chunk));
    },
  };
}
