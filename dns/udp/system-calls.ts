import { endianness } from 'node:os';

/**
 * The calls of Linux that take many packets at once, and those that make a socket for them. Memory is told by address:
 * it must stay where it is, as that of an ArrayBuffer does, for the time of the call.
 */
export interface SystemCalls {
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: bigint, addressBytes: number): number;
  setsockopt(fd: number, level: number, option: number, value: bigint, valueBytes: number): number;
  getsockname(fd: number, address: bigint, addressBytes: bigint): number;
  close(fd: number): number;
  recvmmsg(fd: number, messages: bigint, count: number, flags: number, timeout: null): number;
  sendmmsg(fd: number, messages: bigint, count: number, flags: number): number;
  /** What the last call that gave -1 failed of. */
  errno(): number;
  addressOf(memory: Uint8Array): bigint;
}

/** Undefined where they are not to be had: another system, or the package that calls them is missing. */
export async function loadSystemCalls(): Promise<SystemCalls | undefined> {
  // The layouts in message-batch.ts are those of Linux where a pointer has 64 bits, low bytes first.
  const known = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch) && endianness() === 'LE';
  if (!known) return undefined;
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load(null);
    return {
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
  } catch {
    return undefined;
  }
}
