import type { ListMeta } from './meta.ts';
import { groupResource, type Resource } from './resource.ts';
import type { FieldError } from './field-error.ts';

/** The machine-readable reasons of `meta/v1 Status`. */
export type StatusReason =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Expired'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'Invalid'
  | 'TooManyRequests'
  | 'InternalError'
  | 'ServiceUnavailable'
  | 'ServerTimeout'
  | 'Timeout'
  | 'Unknown';

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** `meta/v1 Status`, as it goes over the wire. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: ListMeta;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** Of a success nobody repeats the code. */
export type SuccessStatus = Omit<Status, 'code'>;

/** The error of the API layer: what a client sees, and what a client throws. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Status, options?: ErrorOptions) {
    super(status.message ?? status.reason ?? `status ${String(status.code)}`, options);
    this.name = 'StatusError';
    this.status = status;
  }

  get code(): number {
    return this.status.code;
  }

  get reason(): StatusReason {
    return this.status.reason ?? 'Unknown';
  }
}

export interface StatusErrorOptions {
  readonly details?: StatusDetails;
  readonly metadata?: ListMeta;
  readonly cause?: unknown;
}

/** A failure with any code and reason; the named constructors below are for the common ones. */
export function statusError(
  code: number,
  reason: StatusReason,
  message: string,
  { details, metadata, cause }: StatusErrorOptions = {},
): StatusError {
  const status: Status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: metadata ?? {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
  return new StatusError(status, cause === undefined ? undefined : { cause });
}

type Named = Pick<Resource, 'group' | 'plural'>;

function detailsOf(resource: Named, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
  };
}

export function notFound(resource: Named, name: string): StatusError {
  const details = detailsOf(resource, name);
  return statusError(404, 'NotFound', `${groupResource(resource)} "${name}" not found`, { details });
}

export function alreadyExists(resource: Named, name: string): StatusError {
  const details = detailsOf(resource, name);
  return statusError(409, 'AlreadyExists', `${groupResource(resource)} "${name}" already exists`, { details });
}

export function conflict(resource: Named, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${groupResource(resource)} "${name}": ${why}`;
  return statusError(409, 'Conflict', message, { details: detailsOf(resource, name) });
}

export function forbidden(resource: Named, name: string, why: string, causes?: readonly StatusCause[]): StatusError {
  const subject = name === '' ? groupResource(resource) : `${groupResource(resource)} "${name}"`;
  const details = { ...detailsOf(resource, name), ...(causes === undefined ? {} : { causes }) };
  return statusError(403, 'Forbidden', `${subject} is forbidden: ${why}`, { details });
}

/** 422 with one cause a field error, worded as Kubernetes does. `kind` is the Kind, not the plural. */
export function invalid(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const subject = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  const list = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
  const details: StatusDetails = {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.kind,
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  };
  return statusError(422, 'Invalid', `${subject} "${name}" is invalid: ${list}`, { details });
}

export function badRequest(message: string, cause?: unknown): StatusError {
  return statusError(400, 'BadRequest', message, { cause });
}

export function unauthorized(): StatusError {
  return statusError(401, 'Unauthorized', 'Unauthorized');
}

export function expired(message: string, continueToken?: string): StatusError {
  return statusError(410, 'Expired', message, {
    ...(continueToken === undefined ? {} : { metadata: { continue: continueToken } }),
  });
}

export function tooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return statusError(429, 'TooManyRequests', message, { details: { retryAfterSeconds } });
}

export function internalError(cause: unknown): StatusError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const details = { causes: [{ message }] };
  return statusError(500, 'InternalError', `Internal error occurred: ${message}`, { details, cause });
}

export function serviceUnavailable(message: string, cause?: unknown): StatusError {
  return statusError(503, 'ServiceUnavailable', message, { cause });
}

export function isStatusError(err: unknown, reason?: StatusReason): err is StatusError {
  return err instanceof StatusError && (reason === undefined || err.reason === reason);
}

export const isNotFound = (err: unknown): err is StatusError => isStatusError(err, 'NotFound');
export const isAlreadyExists = (err: unknown): err is StatusError => isStatusError(err, 'AlreadyExists');
export const isConflict = (err: unknown): err is StatusError => isStatusError(err, 'Conflict');
/** Nothing can be made in a namespace that is being deleted: trying again cannot help. */
export function isNamespaceTerminating(err: unknown): err is StatusError {
  if (!isStatusError(err, 'Forbidden')) return false;
  return err.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true;
}

/** The history asked for is gone (410): list again. */
export const isExpired = (err: unknown): err is StatusError => err instanceof StatusError && err.code === 410;

/** The version asked for has not happened: the server's history is another one than that it comes from. */
export function isResourceVersionTooLarge(err: unknown): err is StatusError {
  if (!isStatusError(err, 'Timeout')) return false;
  return err.status.details?.causes?.some(({ reason }) => reason === 'ResourceVersionTooLarge') === true;
}
