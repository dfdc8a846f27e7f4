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
export { MAX_VALUE_BYTES } from './keys.ts';
export { createMemoryStorage, type MemoryStorageOptions } from './memory-storage.ts';
export { createEmbeddedStorage, type EmbeddedStorageOptions } from './embedded/embedded-storage.ts';
export { isBusy } from './embedded/directory-lock.ts';
export { takeSnapshot, type Snapshot, type SnapshotOptions } from './embedded/snapshot.ts';
export { restoreSnapshot, type Restored, type RestoreOptions } from './embedded/restore.ts';
export { createWatchCache, type WatchCacheOptions } from './watch-cache.ts';
export { createEncryptedStorage } from './encryption/encrypted-storage.ts';
export {
  EncryptionConfigurationError,
  parseEncryptionConfiguration,
  type EncryptedResources,
  type EncryptionConfiguration,
  type EncryptionKey,
  type EncryptionProvider,
} from './encryption/configuration.ts';
export { createEtcdStorage, type EtcdStorageOptions } from './etcd/etcd-storage.ts';
