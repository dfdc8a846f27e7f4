/**
 * How an answer is made of a set for one client: the whole set for everybody where there is none. Candidates are all
 * that may be answered; whoever must not be answered is not among them.
 */
export interface Choice {
  /** The nearest by where the client is, a share by weight, or the first in order. */
  readonly policy: 'nearest' | 'weighted' | 'failover';
  /** Candidates in an answer, where there are so many; 1. */
  readonly minimum?: number;
  /** At least one, each with data of its own; together all data of the set. */
  readonly candidates: readonly Candidate[];
}

/** What one cluster has to offer. */
export interface Candidate {
  /** Of the cluster; unique within the set. */
  readonly name: string;
  /** A part of the set's data. */
  readonly data: readonly string[];
  readonly zones?: readonly string[];
  readonly region?: string;
  /** Its share among the weights of all, from 0; 1. Only those with 0 left: equal shares. */
  readonly weight?: number;
  /** Lower goes first; 0. */
  readonly order?: number;
  /** The part of its usual clients that it can take now, from 0 to 1; 1. The others of them are sent to the next nearest. */
  readonly capacity?: number;
}
