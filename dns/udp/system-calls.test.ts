import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { loadSystemCalls, SYSTEM_CALLS_BY } from './system-calls.ts';

const NO_FILE = 1 << 30;

describe.skipIf(process.platform !== 'linux')('calls of the system', () => {
  it.each(SYSTEM_CALLS_BY)('are made by %s, which says why one failed', async (by) => {
    const calls = await loadSystemCalls([by]);
    expect(calls?.by).toBe(by);
    expect(calls?.close(NO_FILE)).toBe(-1);
    expect(calls?.errno()).toBe(constants.errno.EBADF);
    expect(calls?.socket(-1, 0, 0)).toBe(-1);
    expect(calls?.errno()).toBe(constants.errno.EAFNOSUPPORT);
  });

  it('are made by the first that can be had', async () => {
    expect((await loadSystemCalls(['node:ffi', 'koffi']))?.by).toBe('node:ffi');
    expect(await loadSystemCalls([])).toBeUndefined();
  });
});
