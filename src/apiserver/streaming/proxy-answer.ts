import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ProxyTarget } from './connection.ts';
import { passable } from './proxy-headers.ts';
import { rewriteLinks, rewriteUrl } from './rewrite-links.ts';

/** The answer of somebody else, passed on as it comes. */
export interface PassedAnswer {
  readonly type: 'passed';
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Readable;
}

/** Pages that are larger are passed on with their links as they are. */
const REWRITTEN_BYTES = 8 * 1024 * 1024;

/** Links in pages, and redirections, lead through the proxy like the request did. */
export async function passedAnswer(
  response: IncomingMessage,
  target: ProxyTarget,
  method: string,
): Promise<PassedAnswer> {
  const headers = passable(response.headers);
  const { location } = response.headers;
  if (location !== undefined) headers['location'] = rewriteUrl(location, target);
  const answer = { type: 'passed', status: response.statusCode ?? 502 } as const;
  if (method === 'HEAD' || !isPage(response)) return { ...answer, headers, body: response };
  const page = Buffer.concat(await Array.fromAsync(response as AsyncIterable<Buffer>));
  const body = Buffer.from(rewriteLinks(page.toString(), target));
  return { ...answer, headers: { ...headers, 'content-length': String(body.length) }, body: Readable.from([body]) };
}

function isPage({ headers }: IncomingMessage): boolean {
  const isHtml = headers['content-type']?.startsWith('text/html') === true;
  const size = Number(headers['content-length'] ?? 0);
  return isHtml && headers['content-encoding'] === undefined && size <= REWRITTEN_BYTES;
}
