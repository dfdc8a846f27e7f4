export {
  isStorageError,
  StorageError,
  type KeyValue,
  type ListOptions,
  type ListResult,
  type Revision,
  type Storage,
  type StorageErrorCode,
  type StorageEvent,
  type WatchOptions,
} from './storage.ts';
