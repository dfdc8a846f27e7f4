import { request } from 'node:https';
import type { RemoteApi } from '../apiserver/index.ts';

export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly tls: NonNullable<NonNullable<ReturnType<RemoteApi['target']>>['tls']>;
}

interface RemoteAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly text: string;
}

interface RemoteGetOptions {
  readonly signal: AbortSignal;
  /** Of what is known: it need not be sent again. */
  readonly etag?: string | undefined;
}

const MAX_BYTES = 8 * 1024 * 1024;
/** As upstream's check asks: as one who may do anything. */
const AS_THE_SERVER = { 'x-remote-user': 'system:kube-aggregator', 'x-remote-group': 'system:masters' };

/** What a remote API answers, whatever its status. Rejects when it does not answer, or with too much. */
export async function remoteGet(
  { host, port, tls }: Asked,
  path: string,
  { signal, etag }: RemoteGetOptions,
): Promise<RemoteAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RemoteAnswer>();
  const { insecure = false, ...secure } = tls;
  const known = etag === undefined ? {} : { 'if-none-match': etag };
  const headers = { host: tls.servername, accept: 'application/json', ...known, ...AS_THE_SERVER };
  const options = { host, port, path, headers, signal, agent: false, ...secure, rejectUnauthorized: !insecure };
  const sent = request(options, (answer) => {
    const { statusCode: status = 0, headers } = answer;
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MAX_BYTES) answer.destroy(new Error(`the answer is larger than ${MAX_BYTES} bytes`));
    });
    answer.once('error', reject).once('end', () => {
      resolve({ status, etag: headers.etag, text });
    });
  });
  sent.once('error', reject).end();
  return promise;
}

export function badStatus({ port, tls }: Asked, path: string, status: number): Error {
  return new Error(`bad status from https://${tls.servername}:${port}${path}: ${status}`);
}
