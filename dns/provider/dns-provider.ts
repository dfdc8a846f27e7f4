/** Types of record set that koinon publishes. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'TXT' | 'SRV' | 'PTR' | 'NS';

/** All records of one name and type (RFC 2181 §5): one TTL for all. */
export interface RecordSet {
  /** Absolute, lower case, without the trailing dot. */
  readonly name: string;
  readonly type: RecordType;
  readonly ttlSeconds: number;
  /**
   * In presentation format, sorted, without duplicates: addresses for A and AAAA, one absolute name without trailing
   * dot for CNAME, NS and PTR, one character string (unquoted) for TXT, `priority weight port target` for SRV.
   */
  readonly data: readonly string[];
}

export interface RecordChanges {
  /** Put in place of whatever the same name and type had. */
  readonly upsert: readonly RecordSet[];
  /** Gone afterwards; absent already is fine. */
  readonly remove: readonly Pick<RecordSet, 'name' | 'type'>[];
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
  apply(changes: RecordChanges, signal?: AbortSignal): Promise<void>;
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
