import {
  internalError,
  statusError,
  type StatusError,
  type StatusReason,
  type UnknownObject,
} from '../../../apimachinery/index.ts';

const REASONS: Readonly<Record<number, StatusReason>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  413: 'RequestEntityTooLarge',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** What a client is told of a webhook's no. Whatever the webhook says, a refusal is no success. */
export function webhookDenial(name: string, status: UnknownObject = {}): StatusError {
  const said = [status['message'], status['reason']].filter((text) => typeof text === 'string');
  const [why] = said.filter((text) => text !== '');
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`;
  const message = why === undefined ? `${denied} without explanation` : `${denied}: ${why}`;
  const code = typeof status['code'] === 'number' && status['code'] >= 400 ? status['code'] : 403;
  return statusError(code, reasonOf(status['reason'], code), message, { details: {} });
}

export function webhookFailure(name: string, cause: unknown): StatusError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return internalError(new Error(`failed calling webhook ${JSON.stringify(name)}: ${why}`, { cause }));
}

function reasonOf(reason: unknown, code: number): StatusReason {
  return Object.values(REASONS).find((known) => known === reason) ?? REASONS[code] ?? 'Unknown';
}
