import type { Readable } from 'node:stream';
import type { Socket } from 'node:net';
import type { IncomingBody } from './incoming-body.ts';
import type { RequestHead } from './request-head.ts';

/** A request with its body to be read: of Node's `IncomingMessage` what this server uses. */
export type Http2Request = Readable & {
  readonly httpVersionMajor: 2;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  /** That of the connection, which all its requests share. */
  readonly socket: Socket;
};

export function requestOf(
  { method, url, headers, rawHeaders }: RequestHead,
  { readable }: IncomingBody,
  socket: Socket,
): Http2Request {
  return Object.assign(readable, { httpVersionMajor: 2 as const, method, url, headers, rawHeaders, socket });
}
