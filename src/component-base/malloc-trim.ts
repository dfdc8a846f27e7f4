/**
 * Has malloc give back what is free in the midst of its heap, which it keeps otherwise: buffers leave holes there. Nothing
 * happens where it cannot be told so: the C library is another, or the package that calls it is missing.
 */
export function mallocTrim(): () => Promise<void> {
  let loaded: Promise<(keepBytes: number) => number> | undefined;
  return async () => {
    loaded ??= load();
    (await loaded)(0);
  };
}

async function load(): Promise<(keepBytes: number) => number> {
  try {
    const { default: koffi } = await import('koffi');
    return koffi.load(null).func('int malloc_trim(size_t)');
  } catch {
    return () => 0;
  }
}
