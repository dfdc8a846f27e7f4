/** Where a DNS server is, over UDP and TCP alike. */
export interface DnsAddress {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
}
