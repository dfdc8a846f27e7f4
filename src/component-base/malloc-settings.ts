/** Environment of a process that serves an API, so that what long lists took goes back to the system. */
export const mallocSettings = {
  // One heap of malloc, not eight for each core: what one thread frees another takes again.
  MALLOC_ARENA_MAX: '1',
  // Long lists lie in pages of their own, which are given back at once. Unset, glibc raises this to 32 MB by itself.
  MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
} as const;
