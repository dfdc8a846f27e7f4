import type { Asker, Chosen } from '../../choice/index.ts';
import type { Choice } from '../../zone/index.ts';
import type { ComposedReply } from '../dns-handler.ts';
import type { Count } from '../dns-metrics.ts';
import type { Ring } from './variants.ts';

/** What has a serial that goes on while the answer stays as it is. */
export interface Serial {
  readonly serial: number;
}

/** A choice, ready to be made, and the variants of each of its outcomes. */
export interface ChoosingAnswer {
  readonly choice: Choice;
  readonly choose: (asker: Asker) => Chosen;
  readonly rings: Map<string, Ring>;
}

/**
 * An answer and what it is good for, with the ring of its variants where it is the same for all clients. What is read of
 * it for each question is few objects, and bytes side by side: memory that is not at hand costs more than what is done
 * with it.
 */
export interface CachedAnswer extends Ring {
  readonly hash: number;
  /** The key of the question, in the arena; after it the slots of the stamps of the names that the answer depends on. */
  readonly keyStart: number;
  readonly keyWords: number;
  readonly slotCount: number;
  readonly era: number;
  readonly stamp: number;
  /** Where it is counted. */
  readonly counted: Count;
  readonly zone: Serial | undefined;
  /** Which of its data a client gets; the same for all where there is none. */
  readonly choosing: ChoosingAnswer | undefined;
  /** What encodings are made of, until there are none left to make. */
  reply: ComposedReply | undefined;
}
