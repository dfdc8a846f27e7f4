import { randomUUID } from 'node:crypto';
import type { CallContext } from '../../../src/client/index.ts';
import { formatTraceparent, type Span } from '../../../src/tracing/index.ts';

/** Why a copy is to be looked at. */
export interface Cause {
  /** When it became known that there may be something to do; milliseconds since the epoch. */
  readonly since: number;
  /** What was worked on when it did. */
  readonly span?: Span | undefined;
}

/** One look at a copy, with all calls to its cluster that are made for it. */
export class Attempt {
  readonly #begin: (() => Span) | undefined;
  #span: Span | undefined;
  #auditId: string | undefined;

  /** `begin` is called with the first call to the cluster: what is found right is not worth a span. */
  constructor(begin?: () => Span) {
    this.#begin = begin;
  }

  /** Under which its calls are noted in the member; absent while there was none. */
  get auditId(): string | undefined {
    return this.#auditId;
  }

  /** For calls about a copy of the federated object of this uid: whoever looks for that finds them all. */
  contextFor(uid: string): CallContext {
    this.#auditId ??= `${uid}.${randomUUID().slice(0, 8)}`;
    this.#span ??= this.#begin?.();
    return {
      auditId: this.#auditId,
      ...(this.#span === undefined ? {} : { traceparent: formatTraceparent(this.#span.context) }),
    };
  }

  /** With what it failed by. */
  end(failure?: unknown): void {
    this.#span?.end(failure);
  }
}
