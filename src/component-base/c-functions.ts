/** What calls C: the optional package, or the module that Node has from 26 on, which is still experimental there. */
export type CCaller = 'koffi' | 'node:ffi';

export const C_CALLERS: readonly CCaller[] = ['koffi', 'node:ffi'];

/** Memory is told by address, 0 is none: it must stay where it is for the time of the call, as that of an ArrayBuffer does. */
type CType = 'i32' | 'u32' | 'u64' | 'pointer';

/** By name, what they take; all of them give an `int`. */
type Signatures = Readonly<Record<string, readonly CType[]>>;

type Arguments<Takes extends readonly CType[]> = {
  -readonly [At in keyof Takes]: Takes[At] extends 'i32' | 'u32' ? number : bigint;
};

export type CFunctions<All extends Signatures> = {
  readonly [Name in keyof All]: (...args: Arguments<All[Name]>) => number;
} & {
  readonly by: CCaller;
  /** What the last call that gave -1 failed of. */
  readonly errno: () => number;
  readonly addressOf: (memory: Uint8Array) => bigint;
};

/**
 * Functions of the C library of this process, by the first that can call them; undefined where none can, where one of them
 * is not there, or on other systems than Linux with addresses of 64 bits.
 */
export async function loadC<const All extends Signatures>(
  signatures: All,
  callers: readonly CCaller[] = C_CALLERS,
): Promise<CFunctions<All> | undefined> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return undefined;
  for (const by of callers) {
    // Not installed, not made for this machine, or not allowed: then the next.
    const loaded = await loaders[by](signatures).catch(() => undefined);
    // @NOTE they have the functions that were asked for, by these types.
    if (loaded !== undefined) return { by, ...loaded } as unknown as CFunctions<All>;
  }
  return undefined;
}

const loaders: Readonly<Record<CCaller, (signatures: Signatures) => Promise<object>>> = {
  koffi: async (signatures) => {
    const { default: koffi } = await import('koffi');
    const library = koffi.load(null);
    const types = { i32: 'int32_t', u32: 'uint32_t', u64: 'uint64_t', pointer: 'void *' } as const;
    return {
      ...mapped(signatures, (takes, name) =>
        library.func(
          name,
          'int32_t',
          takes.map((type) => types[type]),
        ),
      ),
      errno: () => koffi.errno(),
      addressOf: (memory: Uint8Array) => koffi.address(memory),
    };
  },
  'node:ffi': async (signatures) => {
    const { dlopen, getInt32, getRawPointer } = await import('node:ffi');
    const { functions } = dlopen(
      null,
      mapped(signatures, (takes) => ({ return: 'i32' as const, arguments: takes })),
    );
    // Where `errno` of this thread stands.
    const { functions: own } = dlopen(null, { __errno_location: { return: 'pointer', arguments: [] } });
    return {
      ...functions,
      errno: () => getInt32(own.__errno_location()),
      addressOf: (memory: Uint8Array) => getRawPointer(memory),
    };
  },
};

function mapped<To>(signatures: Signatures, to: (takes: readonly CType[], name: string) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(signatures).map(([name, takes]) => [name, to(takes, name)]));
}
