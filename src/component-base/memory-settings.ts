/**
 * How a process that serves an API is started so that it gives back what a burst made it take: after 15,000 objects
 * were written, listed and shown as tables, `npm run bench lists` finds half of what Node's defaults leave behind.
 */
export const memorySettings = {
  nodeOptions: [
    // The old generation is collected when it has grown by half, where V8 waits until it is up to four times as large.
    '--heap-growing-percent=50',
  ],
  environment: {
    // One heap of malloc, not eight for each core: what one thread frees another takes again.
    MALLOC_ARENA_MAX: '1',
    // Long lists lie in pages of their own, which go back to the system at once. Unset, glibc raises this to 32 MB by itself.
    MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
  },
} as const;
