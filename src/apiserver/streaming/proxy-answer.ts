import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { linkRewriter } from './link-rewriter.ts';
import { passable } from './proxy-headers.ts';
import { rewriteLinks, rewriteUrl, type Proxied } from './rewrite-links.ts';

/** The answer of somebody else, passed on as it comes. */
export interface PassedAnswer {
  readonly type: 'passed';
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Readable;
}

/** Whom a pod lets read its pages is no matter of pages that the API server gives out as its own. */
const CROSS_ORIGIN = /^access-control-/;

/** Links in pages, and redirections, lead through the proxy like the request did. */
export function passedAnswer(response: IncomingMessage, proxied: Proxied, method: string): PassedAnswer {
  const headers = Object.fromEntries(
    Object.entries(passable(response.headers)).filter(([name]) => !CROSS_ORIGIN.test(name)),
  );
  const { location } = response.headers;
  if (location !== undefined) headers['location'] = rewriteUrl(location, proxied);
  const answer = { type: 'passed', status: response.statusCode ?? 502 } as const;
  if (method === 'HEAD' || !isPage(response)) return { ...answer, headers, body: response };
  const { 'content-length': _length, ...rest } = headers;
  const body = linkRewriter((page) => rewriteLinks(page, proxied));
  // Whoever reads the body learns that it broke off.
  pipeline(response, body, () => undefined);
  return { ...answer, headers: rest, body };
}

function isPage({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('text/html') === true && headers['content-encoding'] === undefined;
}
