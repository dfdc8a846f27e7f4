import { tooManyRequests } from '../../apimachinery/index.ts';
import type { RequestKind } from './metrics.ts';

export type InFlightLimits = Readonly<Record<RequestKind, number>>;

const RETRY_AFTER_SECONDS = 1;

/** Refuses requests while too many are being answered already. */
export class InFlight {
  readonly #limits: InFlightLimits;
  readonly #changed: (kind: RequestKind, count: number) => void;
  readonly #counts: Record<RequestKind, number> = { mutating: 0, readOnly: 0 };

  constructor(limits: InFlightLimits, changed: (kind: RequestKind, count: number) => void) {
    this.#limits = limits;
    this.#changed = changed;
  }

  async run<R>(kind: RequestKind, work: () => Promise<R>): Promise<R> {
    if (this.#counts[kind] >= this.#limits[kind]) {
      throw tooManyRequests('Too many requests, please try again later.', RETRY_AFTER_SECONDS);
    }
    this.#add(kind, 1);
    try {
      return await work();
    } finally {
      this.#add(kind, -1);
    }
  }

  #add(kind: RequestKind, step: 1 | -1): void {
    this.#counts[kind] += step;
    this.#changed(kind, this.#counts[kind]);
  }
}
