import { constants } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { C_CALLERS, loadC } from './c-functions.ts';

const NO_FILE = 1 << 30;
const functions = { close: ['i32'], gethostname: ['pointer', 'u64'] } as const;

afterEach(() => {
  vi.doUnmock('koffi');
});

describe.skipIf(process.platform !== 'linux')('functions of C', () => {
  it.each(C_CALLERS)('are called by %s, with memory, and say why they failed', async (by) => {
    const c = await loadC(functions, [by]);
    expect(c?.by).toBe(by);
    expect(c?.close(NO_FILE)).toBe(-1);
    expect(c?.errno()).toBe(constants.errno.EBADF);
    const name = Buffer.alloc(256);
    expect(c?.gethostname(c.addressOf(name), 256n)).toBe(0);
    expect(name.toString('latin1', 0, name.indexOf(0))).not.toBe('');
    expect(c?.gethostname(c.addressOf(name), 0n)).toBe(-1);
    expect(c?.errno()).toBe(constants.errno.ENAMETOOLONG);
  });

  it('are called by the first that can: by Node where koffi is not installed', async () => {
    expect((await loadC(functions))?.by).toBe('koffi');
    vi.doMock('koffi', () => {
      throw new Error('not installed');
    });
    expect((await loadC(functions))?.by).toBe('node:ffi');
    expect(await loadC(functions, ['koffi'])).toBeUndefined();
  });

  it.each(C_CALLERS)('are not had by %s where the library has them not', async (by) => {
    expect(await loadC({ no_such_function: [] }, [by])).toBeUndefined();
  });
});
