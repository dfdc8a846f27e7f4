import { endianness } from 'node:os';

/**
 * The calls of Linux that take many packets at once, and those that make a socket for them. Memory is told by address:
 * it must stay where it is, as that of an ArrayBuffer does, for the time of the call. Address 0 is none.
 */
export interface SystemCalls {
  /** What calls them. */
  readonly by: SystemCallsBy;
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: bigint, addressBytes: number): number;
  setsockopt(fd: number, level: number, option: number, value: bigint, valueBytes: number): number;
  getsockname(fd: number, address: bigint, addressBytes: bigint): number;
  close(fd: number): number;
  recvmmsg(fd: number, messages: bigint, count: number, flags: number, timeout: bigint): number;
  sendmmsg(fd: number, messages: bigint, count: number, flags: number): number;
  /** What the last call that gave -1 failed of. */
  errno(): number;
  addressOf(memory: Uint8Array): bigint;
}

/** The optional package, or the module that Node itself has from 26 on, which is still experimental there. */
export type SystemCallsBy = 'koffi' | 'node:ffi';

export const SYSTEM_CALLS_BY: readonly SystemCallsBy[] = ['koffi', 'node:ffi'];

/** By the first that can be had; undefined where none can, or the system is another. */
export async function loadSystemCalls(by: readonly SystemCallsBy[]): Promise<SystemCalls | undefined> {
  // The layouts in message-batch.ts are those of Linux where a pointer has 64 bits, low bytes first.
  const known = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch) && endianness() === 'LE';
  if (!known) return undefined;
  for (const one of by) {
    // Not installed, not made for this machine, or not allowed: then the next.
    const calls = await loaders[one]().catch(() => undefined);
    if (calls !== undefined) return calls;
  }
  return undefined;
}

async function byKoffi(): Promise<SystemCalls> {
  const { default: koffi } = await import('koffi');
  const libc = koffi.load(null);
  return {
    by: 'koffi',
    socket: libc.func('int socket(int, int, int)'),
    bind: libc.func('int bind(int, void *, uint32_t)'),
    setsockopt: libc.func('int setsockopt(int, int, int, void *, uint32_t)'),
    getsockname: libc.func('int getsockname(int, void *, void *)'),
    close: libc.func('int close(int)'),
    recvmmsg: libc.func('int recvmmsg(int, void *, uint32_t, int, void *)'),
    sendmmsg: libc.func('int sendmmsg(int, void *, uint32_t, int)'),
    errno: () => koffi.errno(),
    addressOf: (memory) => koffi.address(memory),
  };
}

async function byNode(): Promise<SystemCalls> {
  const { dlopen, getInt32, getRawPointer } = await import('node:ffi');
  const { functions } = dlopen(null, {
    socket: { return: 'i32', arguments: ['i32', 'i32', 'i32'] },
    bind: { return: 'i32', arguments: ['i32', 'pointer', 'u32'] },
    setsockopt: { return: 'i32', arguments: ['i32', 'i32', 'i32', 'pointer', 'u32'] },
    getsockname: { return: 'i32', arguments: ['i32', 'pointer', 'pointer'] },
    close: { return: 'i32', arguments: ['i32'] },
    recvmmsg: { return: 'i32', arguments: ['i32', 'pointer', 'u32', 'i32', 'pointer'] },
    sendmmsg: { return: 'i32', arguments: ['i32', 'pointer', 'u32', 'i32'] },
    // Where `errno` of this thread stands.
    __errno_location: { return: 'pointer', arguments: [] },
  });
  const { __errno_location: errnoLocation, ...calls } = functions;
  return {
    by: 'node:ffi',
    ...calls,
    errno: () => getInt32(errnoLocation()),
    addressOf: (memory) => getRawPointer(memory),
  };
}

const loaders = { koffi: byKoffi, 'node:ffi': byNode } satisfies Record<SystemCallsBy, () => Promise<SystemCalls>>;
