import { request } from 'node:https';
import { isList, isObject } from '../apimachinery/index.ts';
import type { RemoteApi, RemoteResource } from '../apiserver/index.ts';

export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly tls: NonNullable<NonNullable<ReturnType<RemoteApi['target']>>['tls']>;
}

const MAX_BYTES = 8 * 1024 * 1024;

/** What a remote API serves in one version. Rejects when it does not answer, or answers something else. */
export async function remoteResources(
  asked: Asked,
  path: string,
  signal: AbortSignal,
): Promise<readonly RemoteResource[]> {
  const document = await get(asked, path, signal);
  const resources = isObject(document) ? document['resources'] : undefined;
  if (!isList(resources)) throw new Error('the answer is not an APIResourceList');
  return resources.filter(isResource);
}

/** Where a remote API has its own document; `undefined` when it has none. */
export async function remoteOpenApiUrl(asked: Asked, path: string, signal: AbortSignal): Promise<string | undefined> {
  const index = await get(asked, '/openapi/v3', signal);
  const paths = isObject(index) ? index['paths'] : undefined;
  const entry = isObject(paths) ? paths[path.slice(1)] : undefined;
  const url = isObject(entry) ? entry['serverRelativeURL'] : undefined;
  return typeof url === 'string' ? url : undefined;
}

function isResource(value: unknown): value is RemoteResource {
  if (!isObject(value)) return false;
  const { name, kind, namespaced, verbs } = value;
  return typeof name === 'string' && typeof kind === 'string' && typeof namespaced === 'boolean' && isList(verbs);
}

async function get({ host, port, tls }: Asked, path: string, signal: AbortSignal): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { insecure = false, ...secure } = tls;
  const headers = { host: tls.servername, accept: 'application/json', ...AS_THE_SERVER };
  const options = { host, port, path, headers, signal, agent: false, ...secure, rejectUnauthorized: !insecure };
  const sent = request(options, (answer) => {
    const { statusCode = 0 } = answer;
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MAX_BYTES) answer.destroy(new Error(`the answer is larger than ${MAX_BYTES} bytes`));
    });
    answer.once('error', reject).once('end', () => {
      if (statusCode >= 200 && statusCode < 300) resolve(text);
      else reject(new Error(`bad status from https://${tls.servername}:${port}${path}: ${statusCode}`));
    });
  });
  sent.once('error', reject).end();
  return JSON.parse(await promise);
}

/** As upstream's check asks: as one who may do anything. */
const AS_THE_SERVER = { 'x-remote-user': 'system:kube-aggregator', 'x-remote-group': 'system:masters' };
