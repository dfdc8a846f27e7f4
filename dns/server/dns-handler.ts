import type { AnyRecordSet, QueryType } from '../zone/index.ts';
import type { ExtendedError, Rcode } from './rcode.ts';

/** A question that was understood: one of them, opcode QUERY. */
export interface DnsQuery {
  /** Lower case, without the trailing dot, odd bytes escaped: as names of record sets are. */
  readonly name: string;
  readonly type: QueryType;
  /** 1 is IN. */
  readonly class: number;
  readonly recursionDesired: boolean;
  readonly edns: { readonly version: number; readonly udpSize: number; readonly dnssecOk: boolean } | undefined;
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
}

/** Somebody else's answer to the same question, passed on as it is but for the id, and cut short where it must be. */
export interface RelayedReply {
  readonly rcode: Rcode;
  readonly relay: Uint8Array;
}

export type DnsReply = ComposedReply | RelayedReply;

/**
 * Answers one question, or throws (`DnsError` to say which rcode). A reply given at once, not as a promise, may be
 * kept and given again to whoever asks the same, as long as the server's `generation` stays what it is.
 * `signal` aborts when the server ends.
 */
export type DnsHandler = (query: DnsQuery, signal: AbortSignal) => DnsReply | Promise<DnsReply>;

/** A concern around a handler. */
export type DnsLayer = (next: DnsHandler) => DnsHandler;
