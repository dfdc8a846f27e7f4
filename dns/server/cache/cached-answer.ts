import type { Asker, Chosen } from '../../choice/index.ts';
import type { Choice } from '../../zone/index.ts';
import type { ComposedReply } from '../dns-handler.ts';
import type { Count } from '../dns-metrics.ts';

/** One encoding of an answer: what follows the question. */
export interface Variant {
  /** Where it stands in the arena. */
  readonly start: number;
  readonly length: number;
  /** Bytes 2 to 11 of the header, as they are sent: flags and counts. */
  readonly header: Uint8Array;
  /** Of its end: an OPT record. */
  readonly optBytes: number;
  /** Where the serial of a SOA stands, from `start`; -1 where there is none. */
  readonly serialAt: number;
}

/** The same records in different orders, given out in turn. */
export interface Variants {
  readonly list: Variant[];
  readonly wanted: number;
  next: number;
}

/** What has a serial that goes on while the answer stays as it is. */
export interface Serial {
  readonly serial: number;
}

/** A choice, ready to be made. */
export interface ChoosingAnswer {
  readonly choice: Choice;
  readonly choose: (asker: Asker) => Chosen;
}

/** An answer and what it is good for. */
export interface CachedAnswer {
  readonly hash: number;
  /** The key of the question, in the arena. */
  readonly keyStart: number;
  readonly keyWords: number;
  readonly era: number;
  readonly slots: Uint16Array;
  readonly stamp: number;
  /** Where it is counted. */
  readonly counted: Count;
  readonly zone: Serial | undefined;
  /** Which of its data a client gets; the same for all where there is none. */
  readonly choosing: ChoosingAnswer | undefined;
  /** What encodings are made of, until there are none left to make. */
  reply: ComposedReply | undefined;
  /** By outcome where the answer is chosen for each client, else all under the empty key. */
  readonly variants: Map<string, Variants>;
}
