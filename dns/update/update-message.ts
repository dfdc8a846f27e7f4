import type { AnyRecordSet } from '../zone/index.ts';

type SetType = AnyRecordSet['type'];

/** What must hold for the updates to be made (RFC 2136 §2.4). */
export type Prerequisite =
  | { readonly kind: 'name in use' | 'name not in use'; readonly name: string }
  | { readonly kind: 'set exists' | 'set absent'; readonly name: string; readonly type: SetType }
  /** The set has exactly this data; its TTL does not matter. */
  | { readonly kind: 'set is'; readonly name: string; readonly type: SetType; readonly data: readonly string[] };

/** One change (RFC 2136 §2.5); they are made in their order. */
export type Update =
  /** Records beside those that are there. A CNAME and a SOA replace theirs. */
  | { readonly kind: 'add'; readonly set: AnyRecordSet }
  | { readonly kind: 'delete records'; readonly name: string; readonly type: SetType; readonly data: readonly string[] }
  | { readonly kind: 'delete set'; readonly name: string; readonly type: SetType }
  | { readonly kind: 'delete name'; readonly name: string };

/** A dynamic update (RFC 2136), names and data as record sets have them. */
export interface UpdateMessage {
  readonly id: number;
  readonly zone: string;
  readonly prerequisites: readonly Prerequisite[];
  readonly updates: readonly Update[];
}
