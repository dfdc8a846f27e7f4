import { DnsProviderError, type DnsProvider, type DnsZone, type ProviderChanges } from '../../dns/provider/index.ts';
import { aborted } from '../../src/component-base/index.ts';

/** What goes wrong with every change, until it is something else. */
export type ProviderFault =
  | 'none'
  /** Nothing is answered. */
  | 'hangs'
  /** Every call fails. */
  | 'away'
  | 'denies'
  /** Changes are made, and the answer is lost. */
  | 'loses-answers'
  /** Somebody else is always faster. */
  | 'conflicts';

/** A provider in front of another, whose failures are told when to happen. */
export class FaultyDnsProvider implements DnsProvider {
  fault: ProviderFault = 'none';
  /** What was made, in order. */
  readonly applied: ProviderChanges[] = [];
  /** Times that a zone was read. */
  reads = 0;
  readonly #inner: DnsProvider;

  constructor(inner: DnsProvider) {
    this.#inner = inner;
  }

  async zone(name: string, signal?: AbortSignal): Promise<DnsZone> {
    await this.#call(signal);
    const inner = await this.#inner.zone(name, signal);
    return {
      name: inner.name,
      ...(inner.asPublished === undefined ? {} : { asPublished: (set) => inner.asPublished?.(set) ?? set }),
      list: async (asked) => {
        await this.#call(asked);
        this.reads++;
        return inner.list(asked);
      },
      apply: async (changes, asked) => {
        await this.#call(asked);
        if (this.fault === 'conflicts') throw new DnsProviderError('Conflict', 'somebody was faster');
        await inner.apply(changes, asked);
        this.applied.push(changes);
        if (this.fault === 'loses-answers') throw new DnsProviderError('Unavailable', 'no answer');
      },
    };
  }

  async #call(signal: AbortSignal | undefined): Promise<void> {
    if (this.fault === 'away') throw new DnsProviderError('Unavailable', 'away');
    if (this.fault === 'denies') throw new DnsProviderError('Denied', 'not you');
    if (this.fault !== 'hangs') return;
    await aborted(signal ?? new AbortController().signal);
    throw new DnsProviderError('Unavailable', 'hung');
  }
}
