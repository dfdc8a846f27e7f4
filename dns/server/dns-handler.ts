import type { Chosen } from '../choice/index.ts';
import type { AnyRecordSet, QueryType } from '../zone/index.ts';
import type { EdnsOption } from './edns/edns-option.ts';
import type { ExtendedError, Rcode } from '../packet/index.ts';

/** What the OPT record of a question says. */
export interface Edns {
  readonly version: number;
  readonly udpSize: number;
  readonly dnssecOk: boolean;
  /** As they came, not looked into. */
  readonly options: readonly EdnsOption[];
}

/** A question that was understood: one of them, opcode QUERY. */
export interface DnsQuery {
  /** Lower case, without the trailing dot, odd bytes escaped: as names of record sets are. */
  readonly name: string;
  readonly type: QueryType;
  /** 1 is IN. */
  readonly class: number;
  readonly recursionDesired: boolean;
  readonly edns: Edns | undefined;
  readonly transport: 'udp' | 'tcp';
  /** The address it came from. */
  readonly client: string;
}

/** An answer made of record sets. Id, question, EDNS and truncation are the server's business. */
export interface ComposedReply {
  readonly rcode: Rcode;
  /** Absent is true: handlers mostly speak of their own data. */
  readonly authoritative?: boolean;
  /** Absent is false. */
  readonly recursionAvailable?: boolean;
  readonly answers?: readonly AnyRecordSet[];
  readonly authority?: readonly AnyRecordSet[];
  readonly additional?: readonly AnyRecordSet[];
  readonly extendedError?: ExtendedError;
  /** For whoever asked with EDNS; others do not see them. */
  readonly options?: readonly EdnsOption[];
  /** The zone that the answer is of, for the metrics. */
  readonly zone?: string;
  /** Made for this client alone: not kept for others. */
  readonly personal?: boolean;
  /** Of a personal one: what it was chosen from, which is kept, for others to be chosen from it too. */
  readonly chosenFrom?: { readonly reply: ComposedReply; readonly chosen: Chosen };
  /** Names of zones whose change makes it another (`LookupResult.dependsOn`), but for the serial of a SOA. */
  readonly dependsOn?: readonly string[];
}

/** Somebody else's answer to the same question, passed on as it is but for the id, and cut short where it must be. */
export interface RelayedReply {
  readonly rcode: Rcode;
  readonly relay: Uint8Array;
}

export type DnsReply = ComposedReply | RelayedReply;

/**
 * Answers one question, or throws (`DnsError` to say which rcode). A reply given at once, not as a promise, may be
 * kept and given again to whoever asks the same, as long as the names it depends on and the server's `generation` stay
 * what they are.
 * `signal` aborts when the server ends.
 */
export type DnsHandler = (query: DnsQuery, signal: AbortSignal) => DnsReply | Promise<DnsReply>;

/** A concern around a handler. */
export type DnsLayer = (next: DnsHandler) => DnsHandler;
