import { internalError, isStatusError, statusError, type StatusError } from '../../apimachinery/index.ts';
import type { Logger } from '../../component-base/index.ts';
import { json, text, type CompleteAnswer } from './api-request.ts';

/** The answer for what went wrong; what is nobody's wish but a fault of ours is logged. */
export function failureAnswer(err: unknown, log: Logger): CompleteAnswer {
  const error = isStatusError(err) ? err : internalError(err);
  if (error !== err) log.error({ err }, 'request failed');
  const { status } = error;
  const seconds = status.details?.retryAfterSeconds;
  const headers = seconds === undefined ? {} : { headers: { 'retry-after': String(seconds) } };
  return { ...json(status, status.code), ...headers };
}

/** Paths outside the API are answered as the Go server does: no Status. */
export function noSuchPath(): CompleteAnswer {
  return text('404 page not found\n', 404);
}

export function requestTimedOut(): StatusError {
  return statusError(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout');
}
