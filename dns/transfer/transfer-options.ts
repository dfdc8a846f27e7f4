import type { TsigKey } from '../tsig/index.ts';
import type { DnsAddress } from '../server/index.ts';
import type { QueryType } from '../zone/index.ts';
import type { AccessRule } from './access.ts';

/** What other servers and clients may do with zones beyond asking, and who is told of changes. */
export interface TransferOptions {
  readonly keys?: readonly TsigKey[];
  readonly zones: readonly ZoneTransferOptions[];
  /** What nobody changes by dynamic update, whatever the rules say; ANY is all that a name has. */
  readonly protects?: (name: string, type: QueryType) => boolean;
}

export interface ZoneTransferOptions {
  readonly zone: string;
  /** Who gets copies of the zone (AXFR, IXFR); nobody when absent. */
  readonly transfer?: readonly AccessRule[];
  /** Servers told of changes at once (NOTIFY). */
  readonly notify?: readonly NotifyTarget[];
  /** Who may change records (RFC 2136); nobody when absent. */
  readonly update?: readonly UpdateRule[];
}

export interface NotifyTarget extends DnsAddress {
  /** The name of the key that what is said to it is signed with. */
  readonly key?: string;
}

export interface UpdateRule extends AccessRule {
  /** At or below which names; anywhere in the zone when absent. */
  readonly names?: readonly string[];
}
