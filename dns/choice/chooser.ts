import type { Candidate, Choice } from '../zone/index.ts';
import type { ClientAddress } from './client-address.ts';
import type { Place } from './place.ts';

/** Who asks, as far as a question tells. */
export interface Asker {
  /** Whoever sent the packet: a resolver, mostly. */
  readonly resolver: ClientAddress;
  /** From EDNS client subnet (RFC 7871), where it has a prefix of one bit at least. */
  readonly subnet?: ClientAddress;
}

/** One of the answers that a choice may give. The very same object for the same answer, as long as it is remembered. */
export interface Outcome {
  /** Short; two outcomes of a choice are the same where their keys are. */
  readonly key: string;
  /** What to answer in place of the set's data, the best first. */
  readonly data: readonly string[];
  /** So many of the data, from the front, are equally good: it may go round among them which is the first. */
  readonly equal: number;
  readonly candidates: readonly Candidate[];
}

export interface Chosen {
  readonly outcome: Outcome;
  /** Bits of the asker's subnet that the answer depends on: the scope to tell (RFC 7871 §7.2.1). 0 where it has none. */
  readonly scope: number;
}

/** Why an answer is what it is. */
export interface ChoiceReason extends Chosen {
  /** Which address counted. */
  readonly by: 'subnet' | 'resolver';
  readonly place: Place | undefined;
  /** One sentence a step. */
  readonly steps: readonly string[];
}

/** Makes of a set with a choice what one client is told. Pure between two changes of `generation`. */
export interface Chooser {
  /** The answer depends on choice and `outcome.key` alone, so that it may be encoded once for each of them. */
  choose(choice: Choice, asker: Asker): Chosen;
  /** The same for whoever keeps what it gives with the choice, and chooses from it again and again. */
  prepare(choice: Choice): (asker: Asker) => Chosen;
  explain(choice: Choice, asker: Asker): ChoiceReason;
  /** Another value once clients are elsewhere than before: the same asker may have another outcome. */
  generation(): unknown;
}
