/** Environment of a process that serves an API, so that what a burst took is taken again and not piled up. */
export const mallocSettings = {
  // One heap of malloc, not eight for each core: what one thread frees another takes.
  MALLOC_ARENA_MAX: '1',
} as const;
