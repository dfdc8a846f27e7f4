import {
  AuthorizerValue,
  CheckValue,
  RESOURCE_CHECK_TYPE,
  type CelAuthorizationCheck,
  type CelAuthorizationDecision,
} from './library/authorization.ts';
import { CelError } from './values/cel-error.ts';

export type Authorize = (check: CelAuthorizationCheck, signal: AbortSignal) => Promise<CelAuthorizationDecision>;

/**
 * Lets expressions, which are synchronous, ask an authorizer, which is not: an evaluation that asks what is not known yet
 * fails, the questions are decided, and it is evaluated again. Decisions hold for the life of the book: one request.
 */
export class AuthorizerBook {
  readonly #authorize: Authorize;
  readonly #decisions = new Map<string, CelAuthorizationDecision>();
  readonly #asked = new Map<string, CelAuthorizationCheck>();

  constructor(authorize: Authorize) {
    this.#authorize = authorize;
  }

  /** To be bound to `authorizer`. */
  readonly authorizer: AuthorizerValue = new AuthorizerValue((check) => this.#decide(check));

  /** To be bound to `authorizer.requestResource`. */
  requestResource(check: Omit<CelAuthorizationCheck, 'verb'>): CheckValue {
    return new CheckValue(RESOURCE_CHECK_TYPE, this.authorizer, check);
  }

  /** Evaluates until nothing new was asked. Each check costs, so that the cost limit bounds the rounds. */
  async settled<T>(evaluate: () => T, signal: AbortSignal): Promise<T> {
    for (;;) {
      this.#asked.clear();
      const outcome = evaluate();
      if (this.#asked.size === 0) return outcome;
      const asked = [...this.#asked];
      const decisions = await Promise.all(asked.map(([, check]) => this.#authorize(check, signal)));
      asked.forEach(([key], index) => {
        const decision = decisions[index];
        if (decision !== undefined) this.#decisions.set(key, decision);
      });
    }
  }

  #decide(check: CelAuthorizationCheck): CelAuthorizationDecision {
    const key = JSON.stringify(check);
    const known = this.#decisions.get(key);
    if (known !== undefined) return known;
    this.#asked.set(key, check);
    throw new CelError('the authorizer has not decided yet');
  }
}
