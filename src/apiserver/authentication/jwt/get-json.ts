import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isObject, type UnknownObject } from '../../../apimachinery/index.ts';

export interface GetJsonOptions {
  /** PEM of who must have signed the certificate of the server; what the system trusts when absent. */
  readonly ca?: string;
  readonly signal: AbortSignal;
}

const MAX_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The JSON object at a URL, by HTTPS alone. Rejects with an `Error` that names the URL and what went wrong. */
export async function getJson(url: string, options: GetJsonOptions): Promise<UnknownObject> {
  try {
    const value: unknown = JSON.parse(await bodyOf(await follow(url, options)));
    if (!isObject(value)) throw new Error('the answer is no JSON object');
    return value;
  } catch (err) {
    const why = options.signal.aborted ? 'context deadline exceeded' : err instanceof Error ? err.message : String(err);
    throw new Error(`Get "${url}": ${why}`, { cause: err });
  }
}

async function follow(url: string, options: GetJsonOptions): Promise<IncomingMessage> {
  let at = new URL(url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    if (at.protocol !== 'https:') throw new Error(`${at.href} is not reached over HTTPS`);
    const answer = await get(at, options);
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200) return answer;
    answer.destroy();
    if (!REDIRECTS.has(statusCode) || headers.location === undefined)
      throw new Error(`the server answered ${statusCode}`);
    at = new URL(headers.location, at);
  }
  throw new Error(`stopped after ${MAX_REDIRECTS} redirects`);
}

function get(url: URL, { ca, signal }: GetJsonOptions): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { accept: 'application/json' };
  const trust = ca === undefined ? {} : { ca };
  request(url, { ...trust, headers, signal, agent: false }, resolve)
    .on('error', reject)
    .end();
  return promise;
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // @NOTE no encoding is set, so that chunks are buffers.
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`the answer is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
