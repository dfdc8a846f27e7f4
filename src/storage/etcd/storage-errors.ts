import { StorageError, type StorageErrorCode } from '../storage.ts';
import { GrpcError } from './grpc-error.ts';

/** By what etcd says, which is part of its API as its clients compare it. */
const CODES: readonly (readonly [part: string, code: StorageErrorCode])[] = [
  ['required revision has been compacted', 'Compacted'],
  ['required revision is a future revision', 'FutureRevision'],
  ['request is too large', 'TooLarge'],
  ['message larger than max', 'TooLarge'],
];

export function toStorageError(err: unknown, key: string): unknown {
  if (!(err instanceof GrpcError)) return err;
  const code = CODES.find(([part]) => err.message.includes(part))?.[1] ?? 'Unavailable';
  return new StorageError(code, key, err.message, { cause: err });
}
