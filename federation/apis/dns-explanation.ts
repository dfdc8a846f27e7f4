import type { KubeObject } from '../../src/apimachinery/index.ts';

export interface DnsExplanationSpec {
  /** A whole name, or `service.namespace` for the global name of a Service. */
  readonly name?: string;
  /** `A` when absent. */
  readonly type?: string;
  /** An address or prefix that stands for the client; somebody who is nowhere when absent. */
  readonly client?: string;
  /** How many of the latest questions to the name are wanted too, of those that the server noted. */
  readonly recent?: number;
}

export interface ExplainedShard {
  readonly cluster: string;
  readonly region?: string;
  readonly zones?: readonly string[];
  /** As the annotation `federation.koinon.dev/shards` has it; `unknown` where nothing is noted. */
  readonly verdict: string;
  /** Whether clients are sent there. */
  readonly published: boolean;
  readonly addresses?: readonly string[];
  readonly ready?: number;
  /** The part of its clients that it can take, in percent. */
  readonly capacityPercent?: number;
}

export interface ExplainedService {
  readonly namespace: string;
  readonly name: string;
  readonly policy: string;
  readonly ttlSeconds?: number;
  readonly shards?: readonly ExplainedShard[];
}

export interface ExplainedRecord {
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  readonly data: readonly string[];
}

export interface ExplainedQuery {
  readonly time: string;
  readonly client: string;
  /** Of the client, where it counted and not its resolver's address. */
  readonly subnet?: string;
  readonly transport: string;
  readonly type: string;
  readonly rcode: string;
  readonly answers?: readonly string[];
  readonly scope?: number;
  readonly reasons?: readonly string[];
}

export interface DnsExplanationStatus {
  /** The question that was answered. */
  readonly name?: string;
  readonly type?: string;
  /** The Service that the name is of. */
  readonly service?: ExplainedService;
  /** What the name leads to, before anything is chosen. */
  readonly records?: readonly ExplainedRecord[];
  readonly rcode?: string;
  /** What the client is told. */
  readonly answers?: readonly ExplainedRecord[];
  /** Bits of the client's subnet that the answer depends on. */
  readonly scope?: number;
  /** Why it is so, a sentence a step. */
  readonly reasons?: readonly string[];
  /** The latest first. */
  readonly recent?: readonly ExplainedQuery[];
}

/** A question about what DNS answers, and why. */
export interface DnsExplanation extends KubeObject {
  readonly spec?: DnsExplanationSpec;
  readonly status?: DnsExplanationStatus;
}
