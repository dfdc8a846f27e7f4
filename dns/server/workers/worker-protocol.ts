import type { CCaller } from '../../../src/component-base/index.ts';
import type { GeoOptions, LearnedPlaces, PlacedPrefix } from '../../choice/index.ts';
import type { AnyRecordSet, ZoneDelta, ZoneOptions } from '../../zone/index.ts';
import type { ServerIdentity } from '../chaos.ts';
import type { RateLimitOptions } from '../guard/rate-limit.ts';
import type { DnsMessage } from '../message-handler.ts';
import type { LoggedQuery } from '../query-log.ts';

/** Whom it answers and how much, lists of addresses as their texts. */
export interface WorkerGuard {
  readonly query?: readonly string[];
  readonly ignore?: readonly string[];
  readonly rateLimit?: Omit<RateLimitOptions, 'exempt'> & { readonly exemptTexts: readonly string[] };
}

/** What a thread is told when it is made. All of it, here and below, is data that can be copied. */
export interface WorkerStart {
  readonly host: string;
  readonly port: number;
  readonly batchedBy: readonly CCaller[];
  readonly idleMs: number;
  readonly identity: ServerIdentity;
  /** Absent: cookies are passed over. */
  readonly cookies?: { readonly secrets: readonly Uint8Array[]; readonly required: boolean };
  readonly guard: WorkerGuard;
  /** How many questions it notes; none when absent. */
  readonly queryLogSize?: number;
  /** Of messages that are passed on, where anybody takes them. */
  readonly opcodes?: readonly number[];
  readonly places: { readonly configured: readonly PlacedPrefix[]; readonly geo?: GeoOptions };
}

export type ToWorker =
  | { readonly kind: 'zone'; readonly options: ZoneOptions; readonly serial: number }
  /** Of the zone that was told last. */
  | { readonly kind: 'sets'; readonly sets: readonly AnyRecordSet[] }
  | { readonly kind: 'whole' }
  | { readonly kind: 'change'; readonly zone: string; readonly deltas: readonly ZoneDelta[] }
  | { readonly kind: 'gone'; readonly zone: string }
  | { readonly kind: 'places'; readonly learned: LearnedPlaces }
  | { readonly kind: 'listen' }
  | { readonly kind: 'recent'; readonly id: number; readonly limit: number; readonly name: string | undefined }
  | { readonly kind: 'answer'; readonly id: number; readonly packet: Uint8Array | undefined }
  | { readonly kind: 'stop' };

export interface CountedSince {
  readonly name: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly count: number;
}

export type FromWorker =
  | { readonly kind: 'listening' }
  | { readonly kind: 'cannot listen'; readonly code: string }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'counted'; readonly counts: readonly CountedSince[] }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'recent'; readonly id: number; readonly queries: readonly LoggedQuery[] }
  | {
      readonly kind: 'message';
      readonly id: number;
      readonly packet: Uint8Array;
      readonly header: DnsMessage['header'];
      readonly questionType: number | undefined;
      readonly client: string;
    };
