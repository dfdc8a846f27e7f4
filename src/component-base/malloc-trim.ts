import { loadC } from './c-functions.ts';

/**
 * Has malloc give back what is free in the midst of its heap, which it keeps otherwise: buffers leave holes there. Nothing
 * happens where it cannot be told so.
 */
export function mallocTrim(): () => Promise<void> {
  let loading: ReturnType<typeof load> | undefined;
  return async () => {
    loading ??= load();
    (await loading)?.malloc_trim(0n);
  };
}

const load = () => loadC({ malloc_trim: ['u64'] });
