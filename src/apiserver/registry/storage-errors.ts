import {
  alreadyExists,
  conflict,
  expired,
  internalError,
  notFound,
  serviceUnavailable,
  statusError,
  type Resource,
  type StatusError,
} from '../../apimachinery/index.ts';
import type { Revision, StorageError } from '../../storage/index.ts';

type Named = Pick<Resource, 'group' | 'plural'>;

export const STALE = 'the object has been modified; please apply your changes to the latest version and try again';

/** The one place where failures of the store become answers of the API. */
export function fromStorageError(err: StorageError, resource: Named, name: string): StatusError {
  switch (err.code) {
    case 'Exists':
      return alreadyExists(resource, name);
    case 'NotFound':
      return notFound(resource, name);
    case 'Conflict':
      return conflict(resource, name, STALE);
    case 'Compacted':
      return expired('The resourceVersion asked for is too old: its history is gone.');
    case 'TooSlow':
      return expired('the watch fell too far behind; list again');
    case 'FutureRevision':
      return statusError(504, 'Timeout', `Timeout: Too large resource version`, { cause: err });
    case 'TooLarge':
      return statusError(413, 'RequestEntityTooLarge', 'the object is too large to be stored', { cause: err });
    case 'Unavailable':
      return serviceUnavailable('the store cannot answer now', err);
    default:
      return internalError(err);
  }
}

/** A resource version that has not happened yet: the client is ahead of this store, or belongs to another one. */
export function tooLargeResourceVersion(asked: Revision, current: Revision): StatusError {
  const message = `Too large resource version: ${asked}, current: ${current}`;
  return statusError(504, 'Timeout', `Timeout: ${message}`, {
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });
}
