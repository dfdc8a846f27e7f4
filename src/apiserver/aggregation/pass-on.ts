import { text, type ApiAnswer, type ApiRequest } from '../http/api-request.ts';
import { isTrue } from '../http/request-info.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { ProxyTarget } from '../streaming/connection.ts';
import type { RemoteApi } from './remote-apis.ts';

/** Has another server answer, which is told who asks and believes it because of the certificate that this one shows. */
export async function passOn(api: RemoteApi, user: UserInfo, request: ApiRequest): Promise<ApiAnswer> {
  const place = api.isAvailable ? api.target() : undefined;
  if (place === undefined) return text('service unavailable', 503);
  const { path, method, headers, body, bodyStream, query, signal } = request;
  const target: ProxyTarget = { scheme: 'https', ...place, path, prefix: '', headers: identityHeaders(user) };
  if (request.isUpgrade === true) return { type: 'connection', connection: { type: 'proxy', target } };
  if (isTrue(query.get('watch')) || isTrue(query.get('follow'))) request.keepOpen();
  const { proxyRequest } = await import('../streaming/proxy.ts');
  return proxyRequest(target, { method, headers, query: query.toString(), body: bodyStream ?? body }, signal);
}

/** What a front proxy says of its user. Keys may have characters that no header's name has. */
export function identityHeaders({
  username,
  uid,
  groups,
  extra = {},
}: UserInfo): Readonly<Record<string, string | string[]>> {
  return {
    'x-remote-user': sent(username),
    ...(uid === undefined ? {} : { 'x-remote-uid': sent(uid) }),
    'x-remote-group': groups.map(sent),
    ...Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [
        `x-remote-extra-${encodeURIComponent(key.toLowerCase())}`,
        values.map(sent),
      ]),
    ),
  };
}

/** Node writes headers in Latin-1; everybody reads these as UTF-8. */
function sent(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
