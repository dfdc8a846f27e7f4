import type { RecordChanges, RecordSet } from '../zone/index.ts';

export type { Candidate, Choice, RecordChanges, RecordSet, RecordType } from '../zone/index.ts';

export interface ProviderChanges extends RecordChanges {
  /**
   * What the caller knows to be published at names and types that change: sets as `list` told them; what is not among
   * them was absent. A provider that can tell rejects with `Conflict`, and changes nothing, where it is otherwise now.
   * Without it whatever is there is replaced.
   */
  readonly replaces?: readonly RecordSet[];
}

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
  apply(changes: ProviderChanges, signal?: AbortSignal): Promise<void>;
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

/**
 * `Conflict`: somebody else changed what was to be replaced; list again. `Denied`: credentials that the provider does not
 * take, or that may not do this; a person must act. `Unavailable`: may come right by itself; whether the change was made is
 * not known, and making it again is harmless.
 */
export type DnsProviderErrorCode =
  'NoSuchZone' | 'OutsideZone' | 'CnameConflict' | 'Invalid' | 'Conflict' | 'Denied' | 'Unavailable';

export class DnsProviderError extends Error {
  readonly code: DnsProviderErrorCode;

  constructor(code: DnsProviderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DnsProviderError';
    this.code = code;
  }
}
