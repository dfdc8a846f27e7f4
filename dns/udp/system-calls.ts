import { loadC, type CCaller, type CFunctions } from '../../src/component-base/index.ts';

/** The calls that take many packets at once, and those that make a socket for them. */
const calls = {
  socket: ['i32', 'i32', 'i32'],
  bind: ['i32', 'pointer', 'u32'],
  setsockopt: ['i32', 'i32', 'i32', 'pointer', 'u32'],
  getsockname: ['i32', 'pointer', 'pointer'],
  close: ['i32'],
  recvmmsg: ['i32', 'pointer', 'u32', 'i32', 'pointer'],
  sendmmsg: ['i32', 'pointer', 'u32', 'i32'],
} as const;

export type SystemCalls = CFunctions<typeof calls>;

/** By the first that can be had; undefined where none can. */
export const loadSystemCalls = (callers: readonly CCaller[]): Promise<SystemCalls | undefined> => loadC(calls, callers);
