import type { RecordChanges, RecordSet } from '../zone/index.ts';

export type { RecordChanges, RecordSet, RecordType } from '../zone/index.ts';

/** One zone at a provider. */
export interface DnsZone {
  /** Absolute, lower case, without the trailing dot. */
  readonly name: string;
  /** Every record set published through this contract, in no order; the zone's own SOA and NS are not among them. */
  list(signal?: AbortSignal): Promise<readonly RecordSet[]>;
  /**
   * All or nothing where the provider can. Rejects with `DnsProviderError` and changes nothing on a name outside the
   * zone or a CNAME beside other data (RFC 1034 §3.6.2), judged on the state after the change. Durable when it resolves.
   */
  apply(changes: RecordChanges, signal?: AbortSignal): Promise<void>;
  /**
   * What becomes of a set when it is applied, as `list` tells it afterwards: TTLs within the provider's bounds, choices
   * left out that it cannot make. The set as it is when absent. Pure.
   */
  asPublished?(set: RecordSet): RecordSet;
}

/** Where records are published. */
export interface DnsProvider {
  /** Rejects with `DnsProviderError` code `NoSuchZone`. */
  zone(name: string, signal?: AbortSignal): Promise<DnsZone>;
}

export type DnsProviderErrorCode = 'NoSuchZone' | 'OutsideZone' | 'CnameConflict' | 'Invalid' | 'Unavailable';

export class DnsProviderError extends Error {
  readonly code: DnsProviderErrorCode;

  constructor(code: DnsProviderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DnsProviderError';
    this.code = code;
  }
}
