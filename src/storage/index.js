export { isStorageError, StorageError, } from './storage.ts';
export { MAX_VALUE_BYTES } from './keys.ts';
export { createMemoryStorage } from './memory-storage.ts';
export { createEmbeddedStorage } from './embedded/embedded-storage.ts';
export { createWatchCache } from './watch-cache.ts';
