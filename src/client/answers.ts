import { StatusError, statusError, type Status, type StatusReason } from '../apimachinery/index.ts';
import type { TransportResponse } from './transport.ts';

const REASONS: Readonly<Record<number, StatusReason>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The whole body as text. */
export async function readText({ body }: TransportResponse): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0]?.toString('utf8') ?? '') : Buffer.concat(chunks).toString('utf8');
}

/** What an answer that is not 2xx says: its Status, or one made of what stands between us and the API server. */
export function errorOf(response: TransportResponse, text: string): StatusError {
  const status = statusIn(text);
  if (status !== undefined) return new StatusError(status);
  const retryAfterSeconds = retryAfter(response);
  const message = text.trim().slice(0, 1000);
  return statusError(
    response.status,
    REASONS[response.status] ?? 'Unknown',
    message === '' ? `the server answered ${response.status}` : message,
    retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } },
  );
}

/** Seconds of a `Retry-After` header. */
export function retryAfter(response: TransportResponse): number | undefined {
  const value = response.header('retry-after');
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

function statusIn(text: string): Status | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isStatus(value) ? value : undefined;
  } catch (err) {
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}

export function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status' && 'code' in value;
}
