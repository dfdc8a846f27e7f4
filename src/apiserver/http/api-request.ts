import type { Readable } from 'node:stream';
import type { Credentials } from '../security.ts';
import type { Connection } from '../streaming/connection.ts';
import type { PassedAnswer } from '../streaming/proxy-answer.ts';
import type { IdentityHeaders } from './identity-headers.ts';

/** A request as the handler sees it, whatever carried it. */
export interface ApiRequest {
  /** Upper case. */
  readonly method: string;
  /** Without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** Instead of `body`, for what is passed on as it comes. */
  readonly bodyStream?: Readable;
  /** The connection is to speak another protocol from now on. */
  readonly isUpgrade?: boolean;
  /** Where it came from: what proxies say of it (`X-Forwarded-For`), then the other end of the connection. */
  sourceIps(): readonly string[];
  /** Whom it is to be answered as (`Impersonate-…`), by lower-case name. */
  identityHeaders(): IdentityHeaders;
  /** Throws 401 for a certificate that no CA of ours signed. */
  credentials(): Credentials;
  /** Aborts when the client is gone, when the server stops, and after the time that a request may take. */
  readonly signal: AbortSignal;
  /** Lifts the limit of time: a watch, a log that is followed. */
  keepOpen(): void;
}

/** All of an answer at once. */
export interface CompleteAnswer {
  readonly type: 'complete';
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that goes on until its producer ends or `signal` aborts. */
export interface StreamingAnswer {
  readonly type: 'stream';
  readonly contentType: string;
  /** `write` never waits; whoever reads too slowly is cut off. */
  run(write: (chunk: Buffer) => void, signal: AbortSignal): Promise<void>;
}

/** The request was to become a connection and may. */
export interface ConnectionAnswer {
  readonly type: 'connection';
  readonly connection: Exclude<Connection, { readonly type: 'reply' }>;
}

export type ApiAnswer = CompleteAnswer | StreamingAnswer | PassedAnswer | ConnectionAnswer;

export function header(request: Pick<ApiRequest, 'headers'>, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}

export function json(value: unknown, status = 200): CompleteAnswer {
  return { type: 'complete', status, contentType: 'application/json', body: JSON.stringify(value) };
}

export function text(body: string, status = 200): CompleteAnswer {
  return { type: 'complete', status, contentType: 'text/plain; charset=utf-8', body };
}
