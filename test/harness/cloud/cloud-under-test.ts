import type { OpenProvider } from '../../../dns/provider/index.ts';
import type { ProviderUnderTest } from '../../conformance/dns-provider.ts';

interface StartedCloud extends AsyncDisposable {
  readonly provider: OpenProvider;
  /** `interrupt` says how to end it. */
  readonly server: { interrupt(): () => void };
}

/** A cloud as the suites want it: with a rival who writes there too, and a server that may go away. */
export async function cloudUnderTest<S extends StartedCloud>(
  started: S,
  openRival: (started: S) => Promise<OpenProvider>,
  zone: string,
): Promise<ProviderUnderTest> {
  return {
    provider: started.provider,
    zone,
    rival: await openRival(started),
    interrupt: async () => {
      const restore = started.server.interrupt();
      return async () => {
        restore();
      };
    },
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}
